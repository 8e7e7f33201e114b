"""What a counter needs to receive without network: procedures with papers, fees and promised dates worked out ahead."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.utils import timezone

from tinhso.kernel.cases.rules import Phase
from tinhso.kernel.clock.queries import calendar_for
from tinhso.kernel.errors import Refusal
from tinhso.kernel.units.queries import tree
from tinhso.modules.dossiers.actions.filing import Applicant, Filing, term_of
from tinhso.modules.dossiers.models import Dossier
from tinhso.modules.dossiers.queries import catalogue, routing
from tinhso.modules.dossiers.queries.printing import limit_words
from tinhso.modules.dossiers.rules import Channel
from tinhso.modules.procedures import door as procedures

EVERY_MINUTES = 15  # promised dates change at full quarters of an hour
HOURLY = "hour"
"""Unit of limits that run by the minute: their dates cannot be listed ahead."""


@dataclass(frozen=True, slots=True)
class OfflinePaper:
    """A paper to be handed over; ``originals`` and ``copies`` as the procedure asks for them."""

    code: str
    name: str
    is_required: bool
    originals: int
    copies: int


@dataclass(frozen=True, slots=True)
class OfflineBranch:
    """A case of a procedure. ``dues``: by day, from which minute of the day on which date is promised; none where the
    limit is unknown or runs by the minute. ``fee`` in whole đồng."""

    code: str
    name: str
    papers: tuple[OfflinePaper, ...]
    limit: str
    fee: int
    fee_words: str
    dues: dict[str, list[tuple[int, str]]]


@dataclass(frozen=True, slots=True)
class OfflineProcedure:
    """A procedure as a counter without network needs it; ``agency`` begins the codes of its dossiers."""

    code: str
    name: str
    everyday: tuple[str, ...]
    version_id: int
    agency: str
    resolving: str
    branches: tuple[OfflineBranch, ...]


def offer(unit_id: int, days: Sequence[date], at: datetime, most: int) -> list[OfflineProcedure]:
    """At most ``most`` procedures in force that this counter receives for its own body, by code.

    What another body resolves is received with network only: its numbers are not ours to give out."""
    known, mine = tree(), tree().body_of(unit_id).id
    found: list[OfflineProcedure] = []
    dues = _Dues(days)
    for code, sheet in sorted(procedures.all_published(timezone.localtime(at).date()).items()):
        where = _route(sheet, unit_id, at)
        if where is None or not _is_own(where.resolving_unit_id, mine):
            continue
        found.append(_procedure(code, sheet, where, dues, at, known.nodes[where.resolving_unit_id].name))
        if len(found) == most:
            break
    return found


def _is_own(resolving_id: int, body_id: int) -> bool:
    """The body itself, or for the province's own centre any department beneath the province."""
    return body_id in {node.id for node in tree().path(resolving_id)}


def _route(sheet: Any, unit_id: int, at: datetime) -> routing.Route | None:
    try:
        return routing.route(
            sheet, commune_id=tree().body_of(unit_id).id, at_unit_id=unit_id, on=timezone.localtime(at).date()
        )
    except Refusal:
        return None


def _procedure(
    code: str, sheet: Any, where: routing.Route, dues: _Dues, at: datetime, resolving: str
) -> OfflineProcedure:
    branches = [(one.code, one.name) for one in sheet.branches] or [("", "")]
    return OfflineProcedure(
        code=code,
        name=sheet.name,
        everyday=tuple(sheet.names.everyday),
        version_id=sheet.version_id,
        agency=routing.agency_id(where.resolving_unit_id),
        resolving=resolving,
        branches=tuple(_branch(sheet, branch, name, where, dues, at) for branch, name in branches),
    )


def _branch(sheet: Any, code: str, name: str, where: routing.Route, dues: _Dues, at: datetime) -> OfflineBranch:
    on = timezone.localtime(at).date()
    limit = procedures.limit_for(sheet, Channel.DIRECT, code)
    filing = Filing(sheet=sheet, branch=code, channel=Channel.DIRECT, where=where, applicant=Applicant(name=""))
    return OfflineBranch(
        code=code,
        name=name,
        papers=tuple(papers_of(sheet, code)),
        limit=limit_words(limit),
        fee=catalogue.fee_of(sheet, Channel.DIRECT, code, on),
        fee_words=procedures.fee_words_for(sheet, on, Channel.DIRECT, code),
        dues=dues.of(filing, limit),
    )


def papers_of(sheet: Any, branch: str) -> Iterator[OfflinePaper]:
    """The papers that are handed over for a case of a procedure, as on the counter's own page."""
    for one in procedures.components_for(sheet, branch):
        if one.kind == "submit":
            is_required = one.required and not one.replace_by_data and not one.when
            yield OfflinePaper(one.code, one.name, is_required, one.originals, one.copies)


class _Dues:
    """Promised dates ahead, worked out once for each limit: many procedures share few."""

    def __init__(self, days: Sequence[date]) -> None:
        self.days = days
        self.known: dict[Any, dict[str, list[tuple[int, str]]]] = {}

    def of(self, filing: Filing, limit: Any) -> dict[str, list[tuple[int, str]]]:
        if limit.unit.value in (HOURLY, "unknown") and not limit.same_day_cutoff:
            return {}
        where = filing.where
        key = (limit, where.resolving_unit_id, where.is_boundary_free)
        if key not in self.known:
            self.known[key] = {day.isoformat(): list(_steps(filing, day)) for day in self.days}
        return self.known[key]


def _steps(filing: Filing, day: date) -> Iterator[tuple[int, str]]:
    """From which minute of the day on which date is due, for as long as it stays the same."""
    begin, last = timezone.make_aware(datetime.combine(day, time())), ""
    for minute in range(0, 24 * 60, EVERY_MINUTES):
        due = due_of(filing, begin + timedelta(minutes=minute))
        words = timezone.localtime(due).isoformat() if due else ""
        if words != last:
            yield minute, words
            last = words


def due_of(filing: Filing, at: datetime) -> datetime | None:
    """When the result is due of what is received at that moment."""
    found = term_of(filing, at).due(calendar_for(filing.where.resolving_unit_id))
    return found.at if found else None


def twins(identity_number: str, procedure_code: str, since: datetime, most: int = 5) -> list[Dossier]:
    """Dossiers of the same applicant and procedure opened since, that are not closed; the newest first."""
    rows = Dossier.objects.select_related("case").filter(
        identity_number=identity_number, procedure_code=procedure_code, case__opened_at__gte=since
    )
    return list(rows.exclude(case__phase=Phase.CLOSED).order_by("-pk")[:most]) if identity_number else []
