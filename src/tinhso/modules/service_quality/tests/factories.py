"""Dossiers and petitions as the index knows them: a case, and the facts of what happened to it."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from itertools import count

from tinhso.kernel.cases.models import Case
from tinhso.kernel.cases.rules import Phase
from tinhso.kernel.clock.rules import VIETNAM
from tinhso.kernel.facts.models import Fact
from tinhso.kernel.journal.models import Entry
from tinhso.kernel.units.models import Unit

BIRTH, MARRIAGE = "1.001193", "1.000894"
_number = count(1)


def at(day: date, hour: int = 9) -> datetime:
    return datetime.combine(day, time(hour), VIETNAM)


def fact(case: Case, name: str, on: date, **dims: str) -> Fact:
    """Something that happened to a case, with its entry."""
    seq = Entry.objects.filter(case=case).count() + 1
    entry = Entry.objects.create(
        case=case, seq=seq, verb="dossier.receive", at=at(on), data={}, hash=b"", unit_id=case.unit_id
    )
    return Fact.objects.create(name=name, on=on, unit_id=case.unit_id, case=case, entry=entry, dims=dims)


def _case(kind: str, unit: Unit, on: date, due: date, state: str) -> Case:
    number = next(_number)
    return Case.objects.create(
        kind=kind, number=f"H53-SQ-{number:06d}", title=f"Việc {number}", state=state, phase=Phase.OPEN, unit=unit,
        received_unit=unit, concerned=[unit.pk], applicant="Người nộp", opened_at=at(on), updated_at=at(on), needle="",
        due_at=at(due, 17),
    )  # fmt: skip


def received(unit: Unit, on: date, *, channel: str = "online", procedure: str = BIRTH, due: date | None = None) -> Case:
    """A dossier that came in on a day and is in work."""
    case = _case("dossier", unit, on, due or on + timedelta(days=20), "processing")
    name = "dossiers.received" if channel == "online" else "dossiers.received_at_counter"
    fact(case, name, on, channel=channel, field="Hộ tịch", procedure=procedure)
    return case


def resolved(case: Case, on: date, verdict: str = "early", *also: str) -> Case:
    """Signed and issued; ``also`` names further facts of that day."""
    _end(case, on, "finished", Phase.SETTLED)
    fact(case, "dossiers.issued", on, verdict=verdict, outcome="granted")
    for name in also:
        fact(case, name, on)
    return case


def withdrawn(case: Case, on: date) -> Case:
    """Taken back by whoever filed it."""
    _end(case, on, "withdrawn", Phase.CLOSED)
    fact(case, "dossiers.withdrawn", on)
    return case


def petition(unit: Unit, on: date, *, category: str = "HC01", due: date | None = None) -> Case:
    """A petition about the service that the unit has to answer."""
    case = _case("field_report", unit, on, due or on + timedelta(days=7), "processing")
    fact(case, "field_reports.accepted", on, category=category, channel="web", level="normal")
    return case


def answered(case: Case, on: date, verdict: str = "on_time", score: str = "") -> Case:
    """Answered, and perhaps rated from 1 to 5."""
    _end(case, on, "processed", Phase.CLOSED)
    fact(case, "field_reports.processed", on, verdict=verdict)
    if score:
        fact(case, "field_reports.rated", on, score=score)
    return case


def move(case: Case, unit: Unit) -> Case:
    """To another unit."""
    case.unit = unit
    case.save(update_fields=["unit"])
    return case


def _end(case: Case, on: date, state: str, phase: Phase) -> None:
    case.state, case.phase, case.settled_at = state, phase, at(on)
    case.save(update_fields=["state", "phase", "settled_at"])
