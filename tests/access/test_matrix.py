"""Every address asked by everybody: who gets in is what ``matrix.yaml`` says, a denial changes nothing, and nobody is
told of a person they have nothing to do with."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser, Group
from django.test import RequestFactory
from django.urls import is_valid_path
from tests import world as making
from tests.access import asking
from tests.routes import Route, all_routes

from tinhso.kernel.manifest import Audience, registry
from tinhso.kernel.people.queries import actor_of
from tinhso.kernel.testing.lasting import lasting
from tinhso.kernel.ui.context import Frame

pytestmark = [pytest.mark.slow, pytest.mark.django_db]

AUDIENCES, ROUTES = asking.MATRIX["audiences"], asking.MATRIX["routes"]


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[making.World]:
    with lasting(django_db_blocker):
        yield making.populate(making.build())


@pytest.fixture(scope="module")
def browsers(world: making.World) -> dict[str, Any]:
    return asking.clients(world)


@pytest.fixture(scope="module")
def standing(world: making.World, django_db_blocker: Any) -> dict[str, int]:
    """How many rows each table has before anybody asks: what each question adds is taken back."""
    with django_db_blocker.unblock():
        return asking.rows()


@pytest.fixture(scope="module")
def contract() -> Any:
    from tinhso.config.api import api

    return api.get_openapi_schema()


def test_every_address_names_its_audience_and_no_audience_is_without_an_address() -> None:
    named = {route.name for route in all_routes()}
    assert (sorted(named - ROUTES.keys()), sorted(ROUTES.keys() - named)) == ([], [])


def body_of(world: making.World, route: Route, row: Mapping[str, Any], contract: Any) -> dict[str, Any]:
    """What is posted: the least that the contract allows, with what the matrix adds."""
    said = dict(row.get("body", {}))
    if said.get("to") in world.officials:
        said["to"] = world.officials[said["to"]].pk
    if said.get("unit") == "commune":
        said["unit"] = world.province.commune.pk
    if not route.is_api:
        return said
    address = "/" + route.pattern.replace("<", "{").replace(">", "}")
    content = contract["paths"].get(address, {}).get("post", {}).get("requestBody", {}).get("content", {})
    least = asking.body_for(content["application/json"]["schema"], contract) if "application/json" in content else {}
    return {**least, **said}


@pytest.mark.parametrize("route", all_routes(), ids=lambda route: route.name)
def test_who_gets_in(
    route: Route, world: making.World, browsers: dict[str, Any], standing: dict[str, int], contract: Any
) -> None:
    row = ROUTES.get(route.name)
    assert row is not None, f"name the audience of {route.name} in matrix.yaml"
    path = asking.address(route, asking.arguments(world, row, route)) + row.get("query", "")
    for method in ("GET", "POST"):
        audience = row.get(method.lower())
        body = body_of(world, route, row, contract) if method == "POST" else None
        got, changed, told, stays = {}, {}, {}, []
        for person in asking.PEOPLE:
            response, after = asking.ask(browsers[person], method, path, body)
            got[person] = asking.outcome(response)
            changed[person] = {} if after is None else differences(after, standing)
            is_for_all = asking.is_for_all(response)
            told[person] = asking.told(response) if is_for_all or person in asking.STRANGERS else []
            if got[person] == "open" and person != "nobody" and asking.stays(response) and not is_for_all:
                stays.append(person)
            if audience is None:
                assert response.status_code == 405 or got[person] != "open", f"{method} {path} is offered to {person}"
        assert {person: what for person, what in changed.items() if what} == {}
        assert {person: what for person, what in told.items() if what} == {}, f"{method} {path}"
        assert stays == [], f"{method} {path} is kept by the browser"
        assert audience is None or differing(got, asking.expected(audience)) == {}, f"{method} {path}"


def test_what_strangers_are_never_told_is_told_to_whom_it_concerns(
    world: making.World, browsers: dict[str, Any]
) -> None:
    number = world.dossiers["processing"].case.number
    seen = {word for path in (f"/lam-viec/ho-so/{number}/", "/tai-khoan/cua-toi/") for person in ("specialist", "lan")
            for word in asking.told(browsers[person].get(path))}  # fmt: skip
    assert sorted(set(asking.PLANTED) - seen) == ["079190012346", "NGUYỄN THỊ LAN"]


def test_no_form_is_taken_without_its_token(
    world: making.World, browsers: dict[str, Any], standing: dict[str, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What programs and servers of others send is signed or keyed instead, and says so at its view."""
    for browser in browsers.values():
        monkeypatch.setattr(browser.handler, "enforce_csrf_checks", True)
    taken = {}
    with asking.taken_back():
        fitting = defaultdict(
            lambda: "1", asking.arguments(world, {}, all_routes()[0])
        )  # whether they exist is not asked before the token is
        for route in all_routes():
            row = ROUTES[route.name]
            if "post" not in row or route.is_api or getattr(route.view, "csrf_exempt", False):
                continue
            let_in = [person for person, what in asking.expected(row["post"]).items() if what == "open"]
            path = asking.address(route, fitting)
            if not is_valid_path(path.partition("?")[0]):
                path = asking.address(route, asking.arguments(world, row, route))
            answer = browsers[(let_in or ["lan"])[0]].post(path, row.get("body", {}))
            taken[route.name] = answer.status_code
    assert {name: status for name, status in taken.items() if status != 403} == {}
    assert len(taken) > 100
    assert asking.rows() == standing


@pytest.mark.parametrize("audience", [Audience.PORTAL, Audience.DESK])  # a wall has no menu
def test_nobody_is_shown_a_menu_line_whose_page_would_refuse_them(world: making.World, audience: Audience) -> None:
    pages = {one.code: one.page for one in registry.collect("menu", audience)}
    shown, refused = 0, []
    for person in asking.PEOPLE:
        for code in lines_of(world, person, audience):
            shown += 1
            outcome = asking.expected(ROUTES[pages[code]]["get"])[person]
            if outcome != ("login" if person == "nobody" and outcome == "login" else "open"):
                refused.append(f"{person} is shown {code} and gets {outcome}")
    assert refused == []
    assert shown > 100


def lines_of(world: making.World, person: str, audience: Audience) -> list[str]:
    """The codes of the menu lines that the person's pages show; the desk has pages for officials only."""
    request = RequestFactory().get("/")
    request.user = AnonymousUser() if person == "nobody" else world.account(person)
    request.actor = actor_of(request.user)  # type: ignore[attr-defined]
    frame = Frame(request)
    if audience is Audience.PORTAL:
        return [line.code for line in (*frame.portal_menu, *frame.portal_foot)]
    return [line.code for group in frame.desk_groups for line in group.lines] if frame.actor.is_official else []


def differences(after: Mapping[str, int], before: Mapping[str, int]) -> dict[str, int]:
    return {name: number - before[name] for name, number in after.items() if number != before[name]}


def differing(got: Mapping[str, str], wanted: Mapping[str, str]) -> dict[str, str]:
    return {person: f"{what}, not {wanted[person]}" for person, what in got.items() if what != wanted[person]}


def test_a_row_that_a_denial_would_leave_is_seen(standing: dict[str, int]) -> None:
    before = asking.written()
    Group.objects.create(name="left behind")
    assert asking.written() != before
    assert differences(asking.rows(), standing) == {"auth.Group": 1}
