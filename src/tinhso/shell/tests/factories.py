"""A kind of case of its own (“parcel”), units, officials and cases for the shell's tests."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext

from tinhso.kernel.cases import actions
from tinhso.kernel.cases.actions import NewCase, open_case
from tinhso.kernel.cases.models import Case
from tinhso.kernel.cases.rules import CaseKind, Clock, Lifecycle, Move, Party, Phase, PublicStory, State
from tinhso.kernel.cases.terms import Term
from tinhso.kernel.clock.rules import Limit
from tinhso.kernel.clock.rules import Unit as Per
from tinhso.kernel.errors import Refusal
from tinhso.kernel.manifest import Entry, Fact, Family, Measure, Module, Readers, Role
from tinhso.kernel.people.models import Account, Grant, Position
from tinhso.kernel.people.queries import actor_of
from tinhso.kernel.people.rules import SYSTEM, Actor
from tinhso.kernel.units.models import Unit
from tinhso.kernel.units.rules import Kind, Level

AT = datetime(2026, 11, 18, 2, 0, tzinfo=UTC)  # Wednesday, 09:00 in Vietnam
TAIL = "4417"


class Permission(StrEnum):
    SEE = "parcels.see"
    WORK = "parcels.work"


KIND = CaseKind(
    "parcel",
    "Bưu kiện",
    page="desk_peek",
    lifecycle=Lifecycle(
        states=(
            State("open", "Đang xử lý", Phase.OPEN, 4),
            State("waiting", "Cần bổ sung", Phase.PAUSED, 5),
            State("done", "Có kết quả", Phase.SETTLED, 9),
        ),
        moves=(
            Move("ask", "Hỏi thêm", frozenset({"open"}), "waiting", Permission.WORK, Clock.PAUSE),
            Move("answer", "Trả lời", frozenset({"waiting"}), "open", Party.OWNER, Clock.RESUME),
            Move("finish", "Xong", frozenset({"open"}), "done", Permission.WORK, Clock.STOP),
        ),
    ),
    see=Permission.SEE,
    work=Permission.WORK,
    public_page="desk_peek",
)


def _story(case_id: int) -> PublicStory | None:
    case = Case.objects.filter(pk=case_id).only("step").first()
    return None if case is None else PublicStory(2, 5, case.step, TAIL)


def _take(*, case_id: int, by: Actor, at: datetime) -> Case:
    case = Case.objects.locked(case_id)
    if case.title == "Không ai nhận được":
        raise Refusal("parcels.not_to_take", "Chưa nhận được.")
    actions.record(case, "parcel.take", by=by, at=at, change={"assignee_id": by.account_id})
    return case


PARCELS = Module(
    code="parcels",
    name="Bưu kiện",
    family=Family.SERVICES,
    permissions=Permission,
    roles=(
        Role("parcels.worker", "Người phát", frozenset(Permission)),
        Role("parcels.reader", "Người xem", frozenset({Permission.SEE})),
    ),
    case_kinds=(KIND,),
    entries=(
        Entry("parcel.send", "{actor} gửi {code}", Readers.PUBLIC, frozenset({"phone"})),
        Entry("parcel.take", "{actor} nhận phát", Readers.OFFICIALS),
        Entry("parcel.ask", "Hỏi thêm: {message}", Readers.PARTIES),
        Entry("parcel.answer", "Đã trả lời", Readers.PARTIES),
        Entry("parcel.finish", "Đã phát", Readers.PUBLIC),
    ),
    facts=(
        Fact("parcels.sent", "Bưu kiện nhận gửi", "parcel.send", measure=Measure.RECEIVED),
        Fact("parcels.done", "Bưu kiện đã phát", "parcel.finish",
             lambda entry: {"verdict": entry.data.get("verdict", "")}, Measure.RESOLVED),
    ),
    stories={"parcel": _story},
    takes={"parcel": _take},
)  # fmt: skip


def unit(code: str = "XA1", parent: Unit | None = None, **more: Any) -> Unit:
    columns = {"name": f"Phường {code}", "short_name": f"P. {code}", "kind": Kind.COMMUNE, "level": Level.COMMUNE}
    return Unit.objects.create(code=code, parent=parent, begins_on=date(2025, 7, 1), **(columns | more))


def province() -> Unit:
    return unit("TINH", name="Tỉnh Thử", short_name="Thử", kind=Kind.PROVINCE, level=Level.PROVINCE)


def account(username: str, **more: Any) -> Account:
    return Account.objects.create_user(username, password=None, display_name=f"Nguyễn Thị {username.title()}", **more)


def official(username: str, at_unit: Unit, *roles: str) -> Account:
    made = account(username, is_official=True)
    Position.objects.create(account=made, unit=at_unit, title="Chuyên viên", begins_on=date(2025, 7, 1))
    for role in roles:
        Grant.objects.create(account=made, unit=at_unit, role=role, begins_on=date(2025, 7, 1))
    return made


def parcel(
    number: int, at_unit: Unit, *, owner: Account | None = None, at: datetime = AT, days: int = 5, **more: Any
) -> Case:
    """An open case that arrived at ``at`` and is due ``days`` working days later."""
    new = NewCase(
        kind=KIND,
        number=f"T01-{number:06d}",
        title=f"Bưu kiện số {number}",
        state="open",
        unit_id=at_unit.pk,
        received_unit_id=at_unit.pk,
        applicant=f"Trần Văn {number}",
        owner_id=owner.pk if owner else None,
        step="Thẩm định",
        step_kind="appraise",
        term=Term(Limit(Decimal(days), Per.WORKING_DAY)).start(at, "standard"),
    )
    data = {"code": new.number, "phone": "0900004417"}
    return open_case(
        replace(new, **more), verb="parcel.send", by=actor_of(owner) if owner else SYSTEM, at=at, data=data
    )


def pause(case: Case, at: datetime = AT) -> None:
    actions.advance(
        case, "ask", by=SYSTEM, at=at, pause_kind="supplement", reason="bí mật", data={"message": "Thiếu giấy"}
    )


def finish(case: Case, verdict: str = "on_time", at: datetime = AT + timedelta(days=1)) -> None:
    actions.advance(case, "finish", by=SYSTEM, at=at, data={"verdict": verdict})


_EVERY_FIVE_SECONDS = ("clock_calendaredition", "units_treeversion", "search_collectionversion")


@contextmanager
def counting() -> Iterator[list[str]]:
    """The statements of the block, without those about transactions and the looks taken every five seconds."""
    found: list[str] = []
    with CaptureQueriesContext(connection) as captured:
        yield found
    for one in captured:
        sql = one["sql"]
        if not sql.startswith(("SAVEPOINT", "RELEASE", "ROLLBACK")) and not any(t in sql for t in _EVERY_FIVE_SECONDS):
            found.append(sql)
