"""Dossiers as the figures know them: a case, and the facts of what happened to it."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from itertools import count

from tinhso.kernel.cases.models import Case
from tinhso.kernel.cases.rules import Phase
from tinhso.kernel.clock.rules import VIETNAM
from tinhso.kernel.facts.models import Fact
from tinhso.kernel.journal.models import Entry
from tinhso.kernel.units.models import Unit

LAND, CIVIL = "Đất đai", "Hộ tịch"
_number = count(1)


def at(day: date, hour: int = 9) -> datetime:
    return datetime.combine(day, time(hour), VIETNAM)


def _fact(case: Case, name: str, on: date, dims: dict[str, str]) -> Fact:
    seq = Entry.objects.filter(case=case).count() + 1
    entry = Entry.objects.create(
        case=case, seq=seq, verb="dossier.receive", at=at(on), data={}, hash=b"", unit_id=case.unit_id
    )
    return Fact.objects.create(name=name, on=on, unit_id=case.unit_id, case=case, entry=entry, dims=dims)


def received(
    unit: Unit,
    on: date,
    *,
    channel: str = "online",
    field: str = LAND,
    procedure: str = "1.000001",
    due: date | None = None,
    state: str = "processing",
    phase: Phase = Phase.OPEN,
) -> Case:
    """A dossier that came in on a day and is in work."""
    number = next(_number)
    case = Case.objects.create(
        kind="dossier", number=f"H53-T-{number:06d}", title=f"Hồ sơ {number}", state=state, phase=phase, unit=unit,
        received_unit=unit, applicant="Người nộp", opened_at=at(on), updated_at=at(on), needle="",
        due_at=at(due or on + timedelta(days=20), 17),
    )  # fmt: skip
    name = "dossiers.received" if channel == "online" else "dossiers.received_at_counter"
    _fact(case, name, on, {"channel": channel, "field": field, "procedure": procedure})
    return case


def resolved(case: Case, on: date, verdict: str = "early") -> Case:
    """Signed and issued."""
    came = Fact.objects.filter(case=case).order_by("pk").first()
    _end(case, on, "finished", Phase.SETTLED)
    _fact(case, "dossiers.issued", on, {**(came.dims if came else {}), "verdict": verdict, "outcome": "granted"})
    return case


def withdrawn(case: Case, on: date) -> Case:
    """Taken back by whoever filed it."""
    _end(case, on, "withdrawn", Phase.CLOSED)
    _fact(case, "dossiers.withdrawn", on, {})
    return case


def linked(case: Case, on: date) -> Case:
    """Split into children, which are counted in its place."""
    _fact(case, "dossiers.linked", on, {})
    return case


def returned(case: Case, on: date, *, online: bool) -> Case:
    _fact(case, "dossiers.returned_online" if online else "dossiers.returned", on, {})
    return case


def move(case: Case, unit: Unit) -> Case:
    """To another unit."""
    Case.objects.filter(pk=case.pk).update(unit=unit)
    case.unit = unit
    return case


def _end(case: Case, on: date, state: str, phase: Phase) -> None:
    case.state, case.phase, case.settled_at = state, phase, at(on)
    case.save(update_fields=["state", "phase", "settled_at"])
