"""From an account to the actor it is: rights by subtree and by day, read once and again when something changed."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.http import HttpResponse
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tinhso.kernel.manifest import Role, registry
from tinhso.kernel.people import queries
from tinhso.kernel.people.actions import appoint, give_role, take_role
from tinhso.kernel.people.middleware import actor_middleware
from tinhso.kernel.people.models import Account, Grant, Position
from tinhso.kernel.people.queries import actor_of
from tinhso.kernel.people.rules import EVERYWHERE, NOBODY, SYSTEM, ActorKind, Scope
from tinhso.kernel.people.tests import factories
from tinhso.kernel.units import queries as units
from tinhso.kernel.units.models import TreeVersion, Unit
from tinhso.kernel.units.rules import Kind, Level

pytestmark = pytest.mark.django_db
SINCE = date(2025, 7, 1)
READ, WRITE = "shelf.read", "shelf.write"


@pytest.fixture(autouse=True)
def _roles(monkeypatch):
    roles = {
        "shelf.reader": Role("shelf.reader", "Người đọc", frozenset({READ})),
        "shelf.writer": Role("shelf.writer", "Người viết", frozenset({READ, WRITE})),
    }
    monkeypatch.setattr(registry, "roles", registry.roles | roles)
    forget()
    yield
    forget()


def forget() -> None:
    units.forget()
    queries.forget()


class Tree:
    """Province – commune – its centre, and another commune."""

    def __init__(self) -> None:
        self.province = self._unit("TINH", None, Kind.PROVINCE)
        self.commune = self._unit("XA1", self.province)
        self.centre = self._unit("XA1-MC", self.commune, Kind.CENTRE)
        self.other = self._unit("XA2", self.province)
        forget()

    def _unit(self, code: str, parent: Unit | None, kind: Kind = Kind.COMMUNE) -> Unit:
        return Unit.objects.create(code=code, name=code, kind=kind, level=Level.COMMUNE, parent=parent, begins_on=SINCE)


@pytest.fixture
def tree() -> Tree:
    return Tree()


@pytest.fixture
def hanh(tree: Tree) -> Account:
    account = factories.account("hanh", is_official=True)
    Position.objects.create(account=account, unit=tree.commune, title="Chuyên viên", begins_on=SINCE)
    return account


def grant(account: Account, role: str, unit: Unit, begins_on: date = SINCE, ends_on: date | None = None) -> Grant:
    made = Grant.objects.create(account=account, role=role, unit=unit, begins_on=begins_on, ends_on=ends_on)
    queries.forget()
    return made


def test_nobody_is_nobody():
    assert actor_of(AnonymousUser()) is NOBODY


def test_an_account_that_was_closed_is_nobody(hanh):
    hanh.is_active = False
    assert actor_of(hanh) is NOBODY


def test_a_citizen_has_no_rights_even_with_a_grant(tree):
    lan = factories.citizen("lan")
    grant(lan, "shelf.writer", tree.province)
    actor = actor_of(lan)
    assert (actor.kind, actor.account_id, actor.person_id) == (ActorKind.CITIZEN, lan.pk, lan.person_id)
    assert (dict(actor.rights), actor.may(READ)) == ({}, False)


def test_an_official_acts_in_the_unit_of_their_main_post(tree, hanh):
    Position.objects.create(account=hanh, unit=tree.other, title="Kiêm nhiệm", begins_on=SINCE, is_main=False)
    actor = actor_of(hanh)
    assert (actor.kind, actor.unit_id, actor.title) == (ActorKind.OFFICIAL, tree.commune.pk, "Chuyên viên")


def test_a_role_holds_on_its_unit_and_all_below(tree, hanh):
    grant(hanh, "shelf.writer", tree.commune)
    actor = actor_of(hanh)
    assert actor.rights == {
        READ: Scope(units=frozenset({tree.commune.pk, tree.centre.pk})),
        WRITE: Scope(units=frozenset({tree.commune.pk, tree.centre.pk})),
    }
    assert [actor.may(WRITE, one.pk) for one in (tree.commune, tree.centre, tree.other, tree.province)] == [
        True, True, False, False,
    ]  # fmt: skip


def test_a_role_on_the_province_holds_everywhere(tree, hanh):
    grant(hanh, "shelf.reader", tree.province)
    assert actor_of(hanh).rights == {READ: EVERYWHERE}


def test_roles_add_up_by_right(tree, hanh):
    grant(hanh, "shelf.reader", tree.other)
    grant(hanh, "shelf.writer", tree.centre)
    assert actor_of(hanh).rights == {
        READ: Scope(units=frozenset({tree.other.pk, tree.centre.pk})),
        WRITE: Scope(units=frozenset({tree.centre.pk})),
    }


def test_a_role_that_no_module_declares_any_more_gives_nothing(tree, hanh):
    grant(hanh, "gone.role", tree.province)
    assert actor_of(hanh).rights == {}


DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("begins", "ends", "holds"),
    [(0, None, True), (-9, 0, True), (1, None, False), (-9, -1, False), (0, 0, True), (-9, 9, True)],
)
def test_a_role_holds_from_its_first_day_to_its_last(tree, hanh, begins, ends, holds):
    today = timezone.localdate()
    grant(hanh, "shelf.reader", tree.commune, today + begins * DAY, None if ends is None else today + ends * DAY)
    assert actor_of(hanh).may(READ, tree.commune.pk) is holds


def test_a_post_that_has_ended_is_no_post(tree, hanh):
    Position.objects.filter(account=hanh).update(ends_on=timezone.localdate() - DAY)
    assert (actor_of(hanh).unit_id, actor_of(hanh).title) == (None, "")


def cost(account: Account) -> int:
    with CaptureQueriesContext(connection) as captured:
        actor_of(account)
    return len(captured)


def test_rights_are_read_once(hanh):
    assert cost(hanh) > 0
    assert cost(hanh) == 0
    assert cost(Account.objects.get(pk=hanh.pk)) == 0


def test_a_role_given_and_taken_counts_at_once(tree, hanh):
    assert not actor_of(hanh).may(READ, tree.commune.pk)
    given = give_role(account=hanh, role="shelf.reader", unit_id=tree.commune.pk, begins_on=SINCE, by=SYSTEM)
    hanh.refresh_from_db()
    assert actor_of(hanh).may(READ, tree.commune.pk)
    take_role(grant=given, ends_on=timezone.localdate() - DAY, by=SYSTEM)
    hanh.refresh_from_db()
    assert not actor_of(hanh).may(READ, tree.commune.pk)


def test_a_new_post_counts_at_once(tree, hanh):
    assert actor_of(hanh).unit_id == tree.commune.pk
    Position.objects.filter(account=hanh).update(ends_on=timezone.localdate() - DAY)
    appoint(account=hanh, unit_id=tree.other.pk, title="Phó chủ tịch", begins_on=timezone.localdate(), by=SYSTEM)
    hanh.refresh_from_db()
    assert (actor_of(hanh).unit_id, actor_of(hanh).title) == (tree.other.pk, "Phó chủ tịch")


def test_a_changed_tree_changes_rights(tree, hanh):
    grant(hanh, "shelf.reader", tree.commune)
    assert not actor_of(hanh).may(READ, tree.other.pk)
    Unit.objects.filter(pk=tree.other.pk).update(parent=tree.commune)
    version, _ = TreeVersion.objects.get_or_create(id=1, defaults={"number": 0})
    TreeVersion.objects.filter(id=1).update(number=version.number + 1)
    units.forget()  # what five seconds do by themselves
    assert actor_of(hanh).may(READ, tree.other.pk)


def test_the_next_day_is_asked_anew(tree, hanh, monkeypatch):
    today = timezone.localdate()
    grant(hanh, "shelf.reader", tree.commune, ends_on=today)
    assert actor_of(hanh).may(READ, tree.commune.pk)
    monkeypatch.setattr(queries.timezone, "localdate", lambda: today + DAY)
    assert not actor_of(hanh).may(READ, tree.commune.pk)


def test_a_page_that_asks_nobodys_name_costs_no_statement(hanh):
    request = RequestFactory().get("/")
    request.user = hanh
    forget()
    with CaptureQueriesContext(connection) as captured:
        actor_middleware(lambda one: HttpResponse("ok"))(request)
    assert len(captured) == 0
    assert request.actor.account_id == hanh.pk


def test_the_actor_of_a_request_is_read_once(hanh):
    request = RequestFactory().get("/")
    request.user = hanh

    def page(one):
        assert one.actor.account_id == hanh.pk
        with CaptureQueriesContext(connection) as captured:
            assert one.actor.is_official
        return HttpResponse(str(len(captured)))

    assert actor_middleware(page)(request).content == b"0"


def test_an_actor_bears_the_accounts_present_name() -> None:
    account = factories.citizen("lan")
    assert actor_of(account).name == "Nguyễn Thị Lan"
    Account.objects.filter(pk=account.pk).update(display_name="Nguyễn Thị Lan Anh")
    account.refresh_from_db()
    assert actor_of(account).name == "Nguyễn Thị Lan Anh"
