"""Figures of a period: each in one statement over the sums by month, whatever the number of dossiers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone

from tinhso.kernel.cases.rules import Phase
from tinhso.kernel.clock.rules.periods import Period, month_after
from tinhso.kernel.facts.models import Fact
from tinhso.kernel.manifest import registry
from tinhso.kernel.people.rules import Actor, Scope
from tinhso.kernel.replicas import tolerates_age
from tinhso.kernel.search.rules import fold
from tinhso.kernel.ui import charts
from tinhso.kernel.units.queries import todays_heirs, tree
from tinhso.kernel.units.rules import Kind, Node
from tinhso.modules.procedures import door as procedures
from tinhso.modules.statistics import rules
from tinhso.modules.statistics.models import CountedMonth
from tinhso.modules.statistics.rules import Line, Row

TREND = 12
NOTHING = Line()
PARTS = (Kind.DIVISION, Kind.CENTRE)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody asks for: a period; all, a level or a unit; all, a field or a procedure.

    ``by_today``: what units that ended had is their heirs' of today; else each figure is the unit's of its time. In
    public only for all procedures: the difference between both maps could tell a number too small to be told."""

    period: Period
    unit_id: int | None = None
    level: str = ""
    field: str = ""
    procedure: str = ""
    by_today: bool = False

    @property
    def is_whole(self) -> bool:
        return self.unit_id is None and not self.level

    @property
    def is_of_all(self) -> bool:
        """Whether it is about all procedures: nobody can be recognised in such sums."""
        return not self.field and not self.procedure

    @property
    def may_be_split(self) -> bool:
        """Whether fields and procedures may be told in public: of a place they are, by the units of their time only."""
        return self.is_whole or not self.by_today


@dataclass(frozen=True)
class Counted:
    """Between which months there are figures, when they were counted, and which months are closed (with last entry)."""

    first: date | None = None
    last: date | None = None
    at: datetime | None = None
    closed: Mapping[date, int] = field(default_factory=dict)

    def is_closed(self, period: Period) -> bool:
        return period.last_month in self.closed


@dataclass(frozen=True)
class Report:
    """A period's figures with the same of the period before, the months up to it, and three ways to split them."""

    wanted: Wanted
    counted: Counted
    line: Line
    before: Line
    months: list[Row]
    by_unit: list[Row]
    by_field: list[Row]
    by_procedure: list[Row]


def counted() -> Counted:
    """One statement; a row for each month."""
    rows = list(CountedMonth.objects.order_by("month").values_list("month", "counted_at", "closed_at", "last_entry_id"))
    if not rows:
        return Counted()
    closed = {month: entry for month, _at, closed_at, entry in rows if closed_at is not None}
    return Counted(rows[0][0], rows[-1][0], rows[-1][1], closed)


@tolerates_age
def report(wanted: Wanted, *, by_subject: bool = True) -> Report:
    """Everything a page shows: four statements, or fewer where there is nothing to split.

    ``by_subject``: by field and by procedure too."""
    known = counted()
    if known.last is None:
        return Report(wanted, known, Line(), Line(), [], [], [], [])
    period = wanted.period
    end = min(period.last_month, known.last)
    since = min(period.before.since, month_after(end, 1 - TREND))
    by_month = _months(wanted, since, end)
    return Report(
        wanted,
        known,
        whole(by_month, period, known.last),
        whole(by_month, period.before, known.last),
        [Row(f"{month:%Y-%m}", line) for month, line in by_month.items() if month > month_after(end, -TREND)],
        split(wanted, "unit", known.last) if wanted.unit_id is None else [],
        *(_subjects(wanted, known.last) if by_subject else ([], [])),
    )


def _subjects(wanted: Wanted, last: date) -> tuple[list[Row], list[Row]]:
    """The period by field and by procedure: one statement, none where one procedure is asked for."""
    if wanted.procedure:
        return [], []
    where = f"{_place(wanted)} and field " + ("= %(field)s" if wanted.field else "<> ''")
    found = _summed("subject", wanted, where, wanted.period.since, min(wanted.period.last_month, last))
    fields = [(key[0], line) for key, line in found if not key[1]] if wanted.is_of_all else []
    return _rows(fields), _rows([(key[1], line) for key, line in found if key[1]])


def whole(months: Mapping[date, Line], period: Period, last: date) -> Line:
    """The months of a period as one line: what stood at the beginning, what happened, what stands at the end."""
    inside = [line for month, line in months.items() if period.since <= month <= period.last_month]
    total = sum(inside, Line())
    first, end = months.get(period.since, Line()), months.get(min(period.last_month, last), Line())
    return replace(total, carried=first.carried, open_in_time=end.open_in_time, open_late=end.open_late)


# Lines summed by a key. Only names and conditions of this file are put into the text; values are given apart.
_SUMS = """
select {key}, {sums} from statistics_monthline
where month between %(since)s and %(until)s and {where}
group by 1 order by 1
"""
_KEYS = {
    "month": "month",
    "unit": "unit_id",
    "field": "field",
    "procedure": "procedure",
    "subject": "array[field, procedure]",
}
_AT_EDGE = {"carried": "%(since)s", "open_in_time": "%(until)s", "open_late": "%(until)s"}
_OF_PERIOD = ", ".join(
    f"coalesce(sum({name}) filter (where month = {_AT_EDGE[name]}), 0)" if name in _AT_EDGE else f"sum({name})"
    for name in rules.COLUMNS
)
_OF_MONTH = ", ".join(f"sum({name})" for name in rules.COLUMNS)


def _summed(key: str, wanted: Wanted, where: str, since: date, until: date) -> list[tuple[Any, Line]]:
    """Lines by a key, each column a sum; what stood at the edges of a period counts there only. One statement."""
    said = {
        "since": since, "until": until, "unit": wanted.unit_id, "level": wanted.level, "field": wanted.field,
        "procedure": wanted.procedure, "units": _heirs_with_parts(wanted),
    }  # fmt: skip
    sums = _OF_MONTH if key == "month" else _OF_PERIOD
    with connection.cursor() as cursor:
        cursor.execute(_SUMS.format(key=_KEYS[key], sums=sums, where=where), said)
        return [(row[0], Line(*row[1:])) for row in cursor.fetchall()]


def _heirs_with_parts(wanted: Wanted) -> list[int]:
    """Under today's map: the unit, or the level's units, and all that they inherited from."""
    if not wanted.by_today or wanted.is_whole:
        return []
    found = {unit_id: body for unit_id in tree().nodes if (body := _body_today(unit_id)) is not None}
    return sorted(unit_id for unit_id, body in found.items() if _is_meant(body, wanted))


def _body_today(unit_id: int) -> Node | None:
    """The body that has today what this unit had; None for one that ended without an heir."""
    known, heir = tree(), todays_heirs().get(unit_id, unit_id)
    body = known.body_of(heir) if heir in known.nodes else None
    return body if body is not None and (heir != unit_id or body.lives_on(today())) else None


def _is_meant(body: Node, wanted: Wanted) -> bool:
    return body.id == wanted.unit_id if wanted.unit_id is not None else rules.level_of(body.kind) == wanted.level


def _under_today(found: list[tuple[Any, Line]], wanted: Wanted) -> list[tuple[Any, Line]]:
    """Lines by unit added up by today's units; one that ended without an heir stays under its own name."""
    known, sums = tree(), dict[int, Line]()
    for unit_id, line in found:
        body = _body_today(unit_id) or known.nodes[unit_id]
        if not wanted.level or rules.level_of(body.kind) == wanted.level:
            sums[body.id] = sums.get(body.id, Line()) + line
    return list(sums.items())


def _place(wanted: Wanted) -> str:
    if wanted.by_today and not wanted.is_whole:
        return "unit_id = any(%(units)s)"
    return "unit_id = %(unit)s" if wanted.unit_id is not None else "unit_id is null and level = %(level)s"


def _subject(wanted: Wanted) -> str:
    return "procedure = %(procedure)s" if wanted.procedure else "procedure = '' and field = %(field)s"


def _months(wanted: Wanted, since: date, until: date) -> dict[date, Line]:
    """Each month's line, the oldest first: one statement."""
    return dict(_summed("month", wanted, f"{_place(wanted)} and {_subject(wanted)}", since, until))


@tolerates_age
def split(wanted: Wanted, by: str, last: date) -> list[Row]:
    """The period by unit, field or procedure, most received first: one statement."""
    if by == "unit":
        only_level = wanted.level and not wanted.by_today
        where = f"unit_id is not null and {_subject(wanted)}" + (" and level = %(level)s" if only_level else "")
    elif by == "field":
        where = f"{_place(wanted)} and procedure = '' and field <> ''"
    else:
        where = f"{_place(wanted)} and procedure <> ''" + (" and field = %(field)s" if wanted.field else "")
    found = _summed(by, wanted, where, wanted.period.since, min(wanted.period.last_month, last))
    return _rows(_under_today(found, wanted) if by == "unit" and wanted.by_today else found)


def _rows(found: list[tuple[Any, Line]]) -> list[Row]:
    """Most received first; lines of nothing are left out."""
    rows = [Row(str(key), line) for key, line in found if line != NOTHING]
    return sorted(rows, key=lambda row: (-row.line.received, row.key))


def declared(part: str) -> bool:
    """Whether this deployment counts anything for a column beside the form."""
    return any(name in registry.facts for name in rules.BESIDE[part])


class _Kept:
    """What the filters offer: made again when the tree, the catalogue or the day is another."""

    bodies: tuple[Any, list[Node]] = (None, [])
    fields: tuple[Any, list[str]] = (None, [])


def bodies(on: date) -> list[Node]:
    """Units that may be asked for: all with legal standing that live on a day, by level and name."""
    known = tree()
    key = (id(known), on)
    if _Kept.bodies[0] != key:
        alive = [node for node in known.nodes.values() if node.kind not in PARTS and node.lives_on(on)]
        order = list(rules.LEVELS)
        alive.sort(key=lambda node: (order.index(rules.level_of(node.kind)), fold(node.short_name)))
        _Kept.bodies = (key, alive)
    return _Kept.bodies[1]


Catalogue = Mapping[str, procedures.ProcedureSheet]


def catalogue(on: date) -> Catalogue:
    """Procedures in force, by code: names and fields. One statement, asked once a page."""
    return procedures.all_published(on)


def fields(known: Catalogue) -> list[str]:
    """The fields of the catalogue, by name."""
    if _Kept.fields[0] is not known:
        _Kept.fields = (known, sorted({sheet.field for sheet in known.values()}, key=fold))
    return _Kept.fields[1]


def names(codes: Iterable[str], known: Catalogue) -> dict[str, str]:
    """Procedures by code, as they are called today; of abolished ones the code."""
    return {code: known[code].name if code in known else code for code in codes}


def today() -> date:
    return timezone.localdate()


def title_of(wanted: Wanted, known: Catalogue | None = None) -> str:
    """What the figures are about, in words: ``Phường Tân Ninh – Đất đai``."""
    unit = tree().nodes.get(wanted.unit_id or 0)
    place = unit.name if unit else rules.LEVELS.get(wanted.level, "")
    subject = wanted.field
    if wanted.procedure:
        subject = names([wanted.procedure], catalogue(today()) if known is None else known)[wanted.procedure]
    return " – ".join(words for words in (place, subject) if words)


def charts_of(months: list[Row], open_month: str) -> dict[str, charts.Chart | None]:
    """What came in by month, and the share resolved by the due date; the running month is drawn as unfinished."""
    came = [charts.Point(_short(row.key), row.line.fresh, is_open=row.key == open_month) for row in months]
    kept = [
        charts.Point(_short(row.key), row.line.kept_share, is_open=row.key == open_month)
        for row in months
        if row.line.kept_share is not None
    ]
    low = max(0, int(min((point.value for point in kept), default=0) // 10) * 10 - 10)
    return {
        "came": charts.bars(came) if any(point.value for point in came) else None,
        "kept": charts.line(kept, low=low, unit="%") if kept else None,
    }


def _short(code: str) -> str:
    """``11/26``: short enough for twelve under a chart."""
    return f"{int(code[5:])}/{code[2:4]}" if code.endswith("-01") else str(int(code[5:]))


def sight(actor: Actor) -> Scope:
    """Where the official sees dossiers; a right on every unit is a right everywhere."""
    kind = registry.case_kinds.get(rules.KIND)
    scope = actor.scope(kind.see) if kind is not None and actor.is_official else Scope()
    return Scope(everywhere=True) if scope.everywhere or scope.units >= tree().nodes.keys() else scope


def units_of(wanted: Wanted) -> frozenset[int] | None:
    """The units whose facts make up a place: a body's with its divisions, a level's; None for the province."""
    if wanted.is_whole:
        return None
    if wanted.by_today:
        return frozenset(_heirs_with_parts(wanted))
    known = tree()
    bodies = {unit_id: known.body_of(unit_id) for unit_id in known.nodes}
    if wanted.unit_id is not None:
        return frozenset(unit_id for unit_id, body in bodies.items() if body.id == wanted.unit_id)
    return frozenset(unit_id for unit_id, body in bodies.items() if rules.level_of(body.kind) == wanted.level)


def behind(wanted: Wanted, column: str, known: Counted, today: date) -> QuerySet[Fact]:
    """The facts whose number stands in a column of the form: the reception or the resolution of each dossier."""
    period = wanted.period
    if column in ("carried", "open", "open_in_time", "open_late"):
        last = period.since - timedelta(days=1) if column == "carried" else min(period.until, today)
        rows = _standing(wanted, column, last, known, today)
    else:
        rows = _happened(wanted, column).filter(on__gte=period.since, on__lte=period.until)
        for month, last_entry in known.closed.items():  # what was recorded after the closing is not in its numbers
            if period.since <= month <= period.last_month:
                end = month_after(month, 1) - timedelta(days=1)
                rows = rows.exclude(on__gte=month, on__lte=end, entry_id__gt=last_entry)
    return rows.exclude(Exists(Fact.objects.filter(case_id=OuterRef("case_id"), name__in=rules.SPLIT)))


@contextmanager
def planned_anew() -> Iterator[None]:
    """Inside, each statement is planned for its own values: one plan for all periods and places can be a thousand times
    slower than the right one."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("set local plan_cache_mode = force_custom_plan")
        yield


def _about(wanted: Wanted) -> Q:
    """Facts of the field or the procedure."""
    if wanted.procedure:
        return Q(dims__procedure=wanted.procedure)
    if wanted.field == rules.OTHER:
        return Q(dims__field__in=("", rules.OTHER))
    return Q(dims__contains={"field": wanted.field}) if wanted.field else Q()


def _happened(wanted: Wanted, column: str) -> QuerySet[Fact]:
    channels = {"online": Q(dims__channel="online"), "post": Q(dims__channel="post")}
    if column in ("fresh", "online", "counter", "post"):
        channel = Q() if column == "fresh" else channels.get(column, ~Q(dims__channel__in=("online", "post")))
        rows = Fact.objects.filter(channel, _about(wanted), name__in=rules.RECEIVED)
    else:
        came = Fact.objects.filter(_about(wanted), case_id=OuterRef("case_id"), name__in=rules.RECEIVED)
        decided = Q(name__in=rules.RESOLVED) & _about(wanted)
        ended = Q(name__in=rules.ENDED) & Exists(came)
        late = Q(case__due_at__date__lt=F("on"))
        verdicts = {
            "early": decided & Q(dims__verdict="early"),
            "late": decided & Q(dims__verdict="late") | late & ended,
            "on_time": decided & ~Q(dims__verdict__in=("early", "late")) | ~late & ended,
        }
        names = rules.RESOLVED if column == "early" else (*rules.RESOLVED, *rules.ENDED)
        rows = Fact.objects.filter(verdicts.get(column, decided | ended), name__in=names)
    units = units_of(wanted)
    return rows if units is None else rows.filter(unit_id__in=units)


def _standing(wanted: Wanted, column: str, last: date, known: Counted, today: date) -> QuerySet[Fact]:
    """Receptions of dossiers that stood open at the end of a day; where a dossier stands and is due is today's word."""
    rows = Fact.objects.filter(_about(wanted), name__in=rules.RECEIVED, on__lte=last)
    later = Fact.objects.filter(case_id=OuterRef("case_id"), name__in=(*rules.RESOLVED, *rules.ENDED), on__gt=last)
    is_open = Q(case__phase__in=(Phase.OPEN, Phase.PAUSED))
    rows = rows.filter(is_open if last >= today else is_open | Exists(later))
    limit = datetime.combine(min(last + timedelta(days=1), today), datetime.min.time(), timezone.get_default_timezone())
    is_late = Q(case__due_at__lt=limit) & ~Q(case__phase=Phase.PAUSED)
    if column != "open" and column != "carried":
        rows = rows.filter(is_late) if column == "open_late" else rows.exclude(is_late)
    closed = known.closed.get(last.replace(day=1))
    rows = rows if closed is None else rows.filter(entry_id__lte=closed)
    units = units_of(wanted)
    return rows if units is None else rows.filter(case__unit_id__in=units)


@tolerates_age
def line_of(wanted: Wanted, known: Counted) -> Line:
    """One period's line: one statement."""
    if known.last is None:
        return Line()
    return whole(_months(wanted, wanted.period.since, wanted.period.last_month), wanted.period, known.last)


@tolerates_age
def months_of(wanted: Wanted) -> list[Row]:
    """The months of a period, the oldest first: one statement."""
    months = _months(wanted, wanted.period.since, wanted.period.last_month)
    return [Row(f"{month:%Y-%m}", line) for month, line in months.items()]
