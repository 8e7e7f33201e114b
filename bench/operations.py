"""What is measured: each operation as requests to the platform and to the bare program beside it."""

from __future__ import annotations

import itertools
import json
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from random import Random
from typing import Any
from urllib.parse import quote, urlencode

from bench.loading import Ask

READ, WRITE, PAGE, WIDE = "read", "write", "page", "page of figures"
MOST_STATEMENTS = {READ: 6, PAGE: 6, WIDE: 8, WRITE: 12}
MOST_TIMES_RAW = {READ: 4.0, WRITE: 6.0, PAGE: 15.0}  # of a page of figures only the growth matters
COMMUNE = "xa-25459"
QUESTIONS = ("khai sinh", "xây nhà", "đất đai trang trại", "giấy phép kinh doanh", "ket hon", "bán hàng", "chứng thực")


@dataclass
class Operation:
    """``ours`` and ``raw`` give the next request or None when nothing is left to ask for; ``before`` prepares."""

    name: str
    kind: str
    ours: Callable[[], Ask | None]
    raw: Callable[[], Ask | None]
    before: Callable[[Any], None] | None = None
    many: dict[int, int] = field(default_factory=dict)
    most_statements: int | None = None  # where something else is wanted than of others of its kind


class World:
    """Who asks, with which keys and sessions, about which dossiers."""

    def __init__(self) -> None:
        from django.utils import timezone

        from tinhso.kernel.people.models import Account
        from tinhso.kernel.units.queries import tree

        self.rng = Random(3)
        self.unit_id = tree().by_code[COMMUNE].id
        self.units = sorted(tree().subtree(self.unit_id))
        self.at = timezone.now()
        self.people = {name: Account.objects.get(username=name) for name in ("canbo.motcua", "chuyenvien", "lanhdao")}
        self.citizens = list(Account.objects.filter(username__startswith="dan0").order_by("id")[:40])
        self.filed: list[str] = []
        self.clerk, self.specialist = self._key("canbo.motcua"), self._key("chuyenvien")
        self.filer = self._key_of(self.citizens[0])
        self.numbers, self.printed = self._numbers()

    def _key(self, username: str) -> dict[str, str]:
        return self._key_of(self.people[username])

    def _key_of(self, account: Any) -> dict[str, str]:
        from tinhso.kernel.api.actions import create_key
        from tinhso.kernel.people.rules import SYSTEM

        text = create_key(account_id=account.pk, name="bench", scopes=["write"], by=SYSTEM, at=self.at)[1]
        return {"Authorization": f"Bearer {text}"}

    def _numbers(self) -> tuple[list[str], list[tuple[str, str]]]:
        """Dossiers in work at the commune, and codes with keys from the whole province."""
        from tinhso.kernel.cases.models import Case

        here = list(
            Case.objects.filter(unit_id=self.unit_id, state="processing")
            .order_by("id")
            .values_list("number", flat=True)
        )
        last = Case.objects.filter(kind="dossier").order_by("-id").values_list("id", flat=True)[0]
        wanted = [self.rng.randint(1, last) for _ in range(600)]
        return self.rng.sample(here, min(300, len(here))), list(
            Case.objects.filter(pk__in=wanted, kind="dossier").values_list("number", "lookup_key")
        )

    def session(self, account: Any) -> dict[str, str]:
        return session_of(account)


def session_of(account: Any) -> dict[str, str]:
    """A browser's cookie for this account, made as signing in makes it."""
    from django.conf import settings
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore

    session = SessionStore()
    session[SESSION_KEY] = str(account.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = account.get_session_auth_hash()
    session.create()
    return {"Cookie": f"{settings.SESSION_COOKIE_NAME}={session.session_key}", "Accept-Language": "vi"}


def again(asks: list[Ask]) -> Callable[[], Ask]:
    return itertools.cycle(asks).__next__


def _write(path: str, said: Any, key: dict[str, str], expected: int = 200) -> Ask:
    headers = {**key, "Content-Type": "application/json", "Idempotency-Key": str(uuid.uuid4())}
    return Ask(path, "POST", json.dumps(said).encode(), headers, expected)


def reads(world: World) -> Iterator[Operation]:
    unit, people = world.unit_id, world.people
    official, leader = world.session(people["chuyenvien"]), world.session(people["lanhdao"])
    as_official, as_leader = _signed_in(people["chuyenvien"], official), _signed_in(people["lanhdao"], leader)
    by_key = urlencode({"key": world.specialist["Authorization"].partition(" ")[2]})
    wanted = urlencode({"units": ",".join(map(str, world.units)), "state": "processing"})
    filters = urlencode({"danh-sach": "don-vi", "trang-thai": "processing"})
    yield Operation(
        "inbox page", PAGE,
        again([Ask(f"/lam-viec/viec/?{filters}", headers=official)]),
        again([Ask(f"/inbox?{wanted}&{as_official}")]),
    )  # fmt: skip
    api = Ask("/api/v1/dossiers/?whose=unit&state=processing", headers=world.specialist)
    yield Operation("list by API", READ, again([api]), again([Ask(f"/listed?{wanted}&{by_key}")]))
    numbers = [quote(one) for one in world.numbers]
    yield Operation(
        "case page", PAGE,
        again([Ask(f"/lam-viec/ho-so/{one}/", headers=official) for one in numbers]),
        again([Ask(f"/case?number={one}&{as_official}") for one in numbers]),
    )  # fmt: skip
    yield Operation(
        "dossier by API", READ,
        again([Ask(f"/api/v1/dossiers/{one}", headers=world.specialist) for one in numbers]),
        again([Ask(f"/dossier?number={one}&{by_key}") for one in numbers]),
    )  # fmt: skip
    codes = [(quote(number), quote(key)) for number, key in world.printed]
    yield Operation(
        "look-up by code", READ,
        again([Ask(f"/api/v1/lookup/{number}?key={key}") for number, key in codes]),
        again([Ask(f"/lookup?number={number}&key={key}") for number, key in codes]),
    )  # fmt: skip
    words = [quote(one) for one in QUESTIONS]
    yield Operation(
        "procedure search", PAGE,
        again([Ask(f"/thu-tuc/?q={one}") for one in words]),
        again([Ask(f"/search?q={one}") for one in ("khai%20sinh", "xay", "dat", "kinh%20doanh")]),
    )  # fmt: skip
    citizens = [(one, world.session(one)) for one in world.citizens]
    yield Operation(
        "citizen home", PAGE,
        again([Ask("/", headers=session) for _one, session in citizens]),
        again([Ask(f"/home?{_signed_in(*one)}") for one in citizens]),
    )  # fmt: skip
    if page := _leaders_page():
        raw = again([Ask(f"/board?unit={unit}&{as_leader}")])
        yield Operation("leader page", PAGE, again([Ask(page, headers=leader)]), raw)
    years = [Ask(f"/thong-ke/?ky={code}") for code in (f"{world.at:%Y}", f"{world.at:%Y-%m}")]
    yield Operation("statistics page", PAGE, again(years), again([Ask("/statistics?unit=0")]))
    from bench.indicators import indicator_page
    from bench.questions import question_search

    yield question_search(world)
    yield indicator_page(world)


def _signed_in(account: Any, session: dict[str, str]) -> str:
    """The same session for the bare program."""
    return urlencode({"account": account.pk, "session": session["Cookie"].partition("=")[2]})


def _leaders_page() -> str:
    """The address of the board's first page."""
    from importlib import import_module

    from django.urls import get_resolver

    offered = import_module("tinhso.shell.board.urls")
    routes = [*getattr(offered, "desk", []), *getattr(offered, "urlpatterns", [])]
    name = next((one.name for one in routes if one.name and "<" not in str(one.pattern)), None)
    if name is None:
        return ""
    space = getattr(offered, "app_name", "")
    from django.urls import reverse

    get_resolver()
    return reverse(f"{space}:{name}" if space else name)


def writes(world: World) -> Iterator[Operation]:
    """The same dossiers are filed, accepted, taken over and moved on."""
    said = _filing(world)
    raw_numbers: list[str] = []

    def file() -> Ask:
        return _write("/api/v1/dossiers/", said, world.filer, 201)

    def file_raw() -> Ask:
        return Ask(f"/file?unit={world.unit_id}", "POST", json.dumps(said["answers"]).encode())

    def known(_: Any) -> None:
        from tinhso.kernel.cases.models import Case

        rows = Case.objects.filter(
            owner=world.citizens[0], unit_id=world.unit_id, state="filed", opened_at__gt=world.at
        )
        world.filed = list(rows.order_by("id").values_list("number", flat=True))
        bare = Case.objects.filter(kind="raw", opened_at__gt=world.at).order_by("id")
        raw_numbers[:] = bare.values_list("number", flat=True)

    yield Operation("file a dossier", WRITE, file, file_raw)
    each = _each(lambda: world.filed, "accept", {}, world.clerk)
    yield Operation("accept", WRITE, each, _each_raw(lambda: raw_numbers, "accept"), known)

    def handed_over(send: Any) -> None:
        send(_each(lambda: world.filed, "take-over", {}, world.specialist))
        send(_each(lambda: world.filed, "draft-result", {"content": "Đồng ý theo đề nghị."}, world.specialist))

    step = _each(lambda: world.filed, "step-on", {"note": "Đủ điều kiện."}, world.specialist)
    yield Operation("move a step", WRITE, step, _each_raw(lambda: raw_numbers, "step"), handed_over)
    from bench.payments import pay_notice
    from bench.scorecards import save_cell

    yield pay_notice(world)
    yield save_cell(world)


def _each(numbers: Callable[[], list[str]], verb: str, said: Any, key: dict[str, str]) -> Callable[[], Ask | None]:
    left: list[Iterator[str]] = []

    def ask() -> Ask | None:
        if not left:
            left.append(iter(numbers()))
        number = next(left[0], None)
        return None if number is None else _write(f"/api/v1/dossiers/{quote(number)}/{verb}", said, key)

    return ask


def _each_raw(numbers: Callable[[], list[str]], verb: str) -> Callable[[], Ask | None]:
    left: list[Iterator[str]] = []

    def ask() -> Ask | None:
        if not left:
            left.append(iter(numbers()))
        number = next(left[0], None)
        return None if number is None else Ask(f"/{verb}?number={quote(number)}")

    return ask


def _filing(world: World) -> dict[str, Any]:
    """What the filer sends: the most usual procedure of communes for which no paper must be handed in."""
    from django.utils import timezone

    from tinhso.config.cli.demonstration import catalogue
    from tinhso.config.cli.demonstration.names import somebody
    from tinhso.kernel.units.rules import Level
    from tinhso.modules.dossiers.queries.drafts import must_hand_in
    from tinhso.modules.dossiers.rules import Channel
    from tinhso.modules.procedures import door

    usual = sorted(catalogue.WEIGHTS, key=lambda code: -catalogue.WEIGHTS[code])
    for code in usual:
        sheet = door.published(code, timezone.localdate())
        if sheet is None or not sheet.is_online or Level.COMMUNE not in sheet.levels:
            continue
        branch = sheet.branches[0].code if sheet.branches else ""
        if any(must_hand_in(one) for one in door.components_for(sheet, branch)):
            continue
        pattern = catalogue.pattern(sheet, branch, Channel.ONLINE)
        answers = pattern.answers(somebody(world.rng, 1), COMMUNE, "mot_cua")
        return {"procedure": code, "branch": branch, "answers": answers}
    raise LookupError("no procedure can be filed without papers")
