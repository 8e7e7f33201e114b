"""A kind of case of its own (“permit”), a small province, people and cases for tests of the kernel."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext

from tinhso.kernel.cases import actions
from tinhso.kernel.cases.actions import NewCase
from tinhso.kernel.cases.models import Case
from tinhso.kernel.cases.rules import CaseKind, Clock, Lifecycle, Move, Need, Party, Phase, State
from tinhso.kernel.cases.terms import Term
from tinhso.kernel.clock import queries as clock
from tinhso.kernel.clock.rules import Limit
from tinhso.kernel.clock.rules import Unit as Per
from tinhso.kernel.journal.models import Entry as Written
from tinhso.kernel.manifest import Entry, Fact, Family, Module, Readers, Role, registry
from tinhso.kernel.people import queries as people
from tinhso.kernel.people.models import Account, Grant, Position
from tinhso.kernel.people.queries import actor_of
from tinhso.kernel.people.rules import SYSTEM, Actor
from tinhso.kernel.units import queries as units
from tinhso.kernel.units.models import Unit
from tinhso.kernel.units.rules import Kind, Level

AT = datetime(2026, 11, 16, 2, tzinfo=UTC)  # Monday, 9 o'clock in Việt Nam
SINCE = date(2025, 7, 1)


class Permission(StrEnum):
    SEE = "permits.see"
    RECEIVE = "permits.receive"
    WORK = "permits.work"
    SIGN = "permits.sign"


@dataclass(frozen=True, slots=True)
class Standing:
    ready: bool = True
    paid: bool = True


READY = Need("permits.not_ready", "Chưa soạn xong. Soạn rồi ký.", lambda standing: standing.ready)
PAID = Need("permits.unpaid", "Chưa nộp phí. Nộp rồi ký.", lambda standing: standing.paid)
STATES = (
    State("filed", "Đã nộp", Phase.OPEN, 1),
    State("working", "Đang xử lý", Phase.OPEN, 4),
    State("waiting", "Cần bổ sung", Phase.PAUSED, 5),
    State("decided", "Có kết quả", Phase.SETTLED, 9),
    State("closed", "Đã trả kết quả", Phase.CLOSED, 10),
)
_working = frozenset({"working"})
MOVES = (
    Move("accept", "Tiếp nhận", frozenset({"filed"}), "working", Permission.RECEIVE, Clock.START),
    Move("ask", "Yêu cầu bổ sung", _working, "waiting", Permission.WORK, Clock.PAUSE),
    Move("answer", "Gửi bổ sung", frozenset({"waiting"}), "working", Party.OWNER, Clock.RESUME),
    Move("transfer", "Chuyển đơn vị", _working, None, Permission.WORK),
    Move("decide", "Ký kết quả", _working, "decided", Permission.SIGN, Clock.STOP, (READY, PAID)),
    Move("withdraw", "Rút hồ sơ", frozenset({"filed", "working", "waiting"}), "closed", Party.OWNER, Clock.STOP),
    Move("hand_over", "Trả kết quả", frozenset({"decided"}), "closed", Permission.RECEIVE),
    Move("expire", "Hết hạn", frozenset({"filed"}), "closed", Party.SYSTEM, Clock.STOP),
)
PERMIT = CaseKind(
    "permit", "Giấy phép thử", page="permits:detail", lifecycle=Lifecycle(STATES, MOVES), see=Permission.SEE,
    work=Permission.WORK,
)  # fmt: skip
# As long as a field's name may be: such dimensions are longer than the key under which a day's figure is kept.
LONG_FIELD = "Lĩnh vực có tên rất dài " * 5


def _split(entry: Any) -> dict[str, str]:
    dims = {key: str(entry.data.get(key, "")) for key in ("field", "verdict")}
    return dims | ({"promised": entry.data["promised"]} if "promised" in entry.data else {})


PERMITS = Module(
    code="permits",
    name="Giấy phép thử",
    family=Family.SERVICES,
    permissions=Permission,
    roles=(
        Role("permits.clerk", "Một cửa thử", frozenset({Permission.SEE, Permission.RECEIVE})),
        Role("permits.worker", "Chuyên viên thử", frozenset({Permission.SEE, Permission.WORK})),
        Role("permits.leader", "Lãnh đạo thử", frozenset({Permission.SEE, Permission.SIGN})),
        Role("permits.reader", "Người xem thử", frozenset({Permission.SEE})),
    ),
    case_kinds=(PERMIT,),
    entries=(
        Entry("permit.file", "{actor} nộp {code}", Readers.PUBLIC),
        *(Entry(f"permit.{move.verb}", f"{move.name}: {{reason}}") for move in MOVES),
        Entry("permit.note", "Ghi chú: {text}", Readers.OFFICIALS, frozenset({"text"})),
    ),
    facts=(
        Fact("permits.filed", "Giấy phép nộp", "permit.file", _split),
        Fact("permits.decided", "Giấy phép đã ký", "permit.decide", _split),
        Fact("permits.asked", "Lượt hỏi thêm", "permit.ask"),
    ),
)


@contextmanager
def declared() -> Iterator[None]:
    """The kind and its module stand in the registry inside the block; nothing is remembered from another test."""
    kept = {name: dict(shelf) for name, shelf in vars(registry).items()}
    registry.add(PERMITS)
    forget()
    yield
    for name, shelf in kept.items():
        getattr(registry, name).clear()
        getattr(registry, name).update(shelf)
    forget()


def forget() -> None:
    for one in (units, people, clock):
        one.forget()


def province() -> Unit:
    """The one root of the tree."""
    return Unit.objects.filter(kind=Kind.PROVINCE).first() or _unit("TINH", None, Kind.PROVINCE)


def unit(code: str, parent: Unit | None = None) -> Unit:
    """A commune, or what stands below ``parent``."""
    return _unit(code, parent or province(), Kind.COMMUNE)


def _unit(code: str, parent: Unit | None, kind: Kind) -> Unit:
    level = Level.PROVINCE if kind is Kind.PROVINCE else Level.COMMUNE
    made = Unit.objects.create(
        code=code, name=f"Phường {code}", short_name=f"P. {code}", kind=kind, level=level, parent=parent,
        begins_on=SINCE,
    )  # fmt: skip
    forget()
    return made


def citizen(username: str = "lan") -> Account:
    return Account.objects.create(username=username, display_name=f"Nguyễn Thị {username.title()}")


def official(username: str, at_unit: Unit, *roles: str) -> Account:
    made = Account.objects.create(username=username, display_name=f"Trần Văn {username.title()}", is_official=True)
    Position.objects.create(account=made, unit=at_unit, title="Chuyên viên", begins_on=SINCE)
    Grant.objects.bulk_create(Grant(account=made, unit=at_unit, role=role, begins_on=SINCE) for role in roles)
    return made


def term(days: int = 5, at: datetime | None = AT) -> Term:
    """So many working days, from ``at`` on; not begun without it."""
    begun = Term(Limit(Decimal(days), Per.WORKING_DAY))
    return begun.start(at, "standard") if at else begun


def filing(number: int, at_unit: Unit, **more: Any) -> NewCase:
    new = NewCase(
        kind=PERMIT,
        number=f"H53.01-261116-{number:04d}",
        title=f"Giấy phép số {number}",
        state="filed",
        unit_id=at_unit.pk,
        received_unit_id=at_unit.pk,
        applicant="Nguyễn Thị Lan",
        step="Tiếp nhận",
        step_kind="receive",
        term=term(at=None),
    )
    return replace(new, **more)


def filed(number: int, at_unit: Unit, *, by: Actor = SYSTEM, at: datetime = AT, **more: Any) -> Case:
    """A case that was filed and waits to be accepted: no clock runs yet."""
    new = filing(number, at_unit, **more)
    return actions.open_case(new, verb="permit.file", by=by, at=at, data={"code": new.number})


def working(number: int, at_unit: Unit, **more: Any) -> Case:
    """A case that is worked on; due five working days after ``AT`` unless another term is given."""
    return filed(number, at_unit, **({"state": "working", "step_kind": "appraise", "term": term()} | more))


def move(case: Case, verb: str, at: datetime = AT, by: Actor = SYSTEM, **more: Any) -> Written:
    kinds = {"pause_kind": "supplement", "reason": "Thiếu bản vẽ"} if verb == "ask" else {}
    return actions.advance(case, verb, by=by, at=at, standing=Standing(), **(kinds | more))


def actor(account: Account) -> Actor:
    return actor_of(account)


@contextmanager
def statements() -> Iterator[list[str]]:
    """The statements of the block, those about transactions left out."""
    found: list[str] = []
    with CaptureQueriesContext(connection) as captured:
        yield found
    found += [one["sql"] for one in captured if not one["sql"].startswith(("SAVEPOINT", "RELEASE", "ROLLBACK"))]
