"""What is asked and what came: own reports, periods of an office, who is late or missing, sums of a period."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db.models import Count, F, Q, QuerySet

from tinhso.kernel.numerals import plain
from tinhso.kernel.people.rules import Actor
from tinhso.kernel.ui.templatetags.ui import number
from tinhso.kernel.units.queries import tree, with_predecessors
from tinhso.modules.reporting.models import ReportPeriod, Sheet
from tinhso.modules.reporting.queries import templates
from tinhso.modules.reporting.rules.adding import add_up
from tinhso.modules.reporting.rules.computing import Computed
from tinhso.modules.reporting.rules.sheets import Column, Kind, Row, Template, key
from tinhso.modules.reporting.rules.words import ONLINE, SHEET_KINDS, SHEET_NAMES, PeriodState, Permission, SheetState

LISTED = 50
SENT = (SheetState.SUBMITTED, SheetState.APPROVED)


def own_sheets(actor: Actor, after: tuple[datetime, int] | None = None) -> list[Sheet]:
    """Sheets of the units for which the actor fills, the next due first; paged by due moment and id."""
    scope = actor.scope(Permission.FILL) | actor.scope(Permission.SUBMIT)
    rows = Sheet.objects.select_related("unit", "period__assignment__template__owner").filter(
        Q(period__state=PeriodState.OPEN) | Q(submitted_at__isnull=False)
    )
    if not scope.everywhere:
        rows = rows.filter(unit_id__in=scope.units)
    if after is not None:
        due, pk = after
        rows = rows.filter(Q(period__due_at__lt=due) | Q(period__due_at=due, pk__gt=pk))
    return list(rows.order_by("-period__due_at", "pk")[: LISTED + 1])


def asked_periods(actor: Actor, before: int | None = None) -> list[ReportPeriod]:
    """Periods of the offices for which the actor receives, the newest first, with what came of them."""
    scope = actor.scope(Permission.RECEIVE) | actor.scope(Permission.DESIGN)
    rows = ReportPeriod.objects.select_related("assignment__template__owner")
    if not scope.everywhere:
        rows = rows.filter(assignment__template__owner_id__in=scope.units)
    if before is not None:
        rows = rows.filter(pk__lt=before)
    counted = rows.annotate(
        units_number=Count("sheets"),
        sent_number=Count("sheets", filter=Q(sheets__state__in=SENT)),
        approved_number=Count("sheets", filter=Q(sheets__state=SheetState.APPROVED)),
    )
    return list(counted.order_by("-pk")[: LISTED + 1])


@dataclass(frozen=True)
class Standing:
    """How a period stands: units, sent, approved, returned, missing (not sent now), late (sent after the due moment
    or not yet although it has passed), made online."""

    units: int
    sent: int
    approved: int
    returned: int
    missing: int
    late: int
    online: int


def standing(period: ReportPeriod, at: datetime) -> Standing:
    """One statement, however many units."""
    is_late = Q(first_sent_at__gt=period.due_at)
    if at > period.due_at:
        is_late |= Q(first_sent_at__isnull=True)
    found = Sheet.objects.filter(period=period).aggregate(
        units=Count("pk"), sent=Count("pk", filter=Q(state__in=SENT)),
        approved=Count("pk", filter=Q(state=SheetState.APPROVED)),
        returned=Count("pk", filter=Q(state=SheetState.RETURNED)),
        late=Count("pk", filter=is_late), online=Count("pk", filter=Q(state__in=SENT, channel__in=ONLINE)),
    )  # fmt: skip
    return Standing(missing=found["units"] - found["sent"], **found)


@dataclass(frozen=True)
class UnitLine:
    """A unit on the board of the one who asked; nothing of a draft but that there is none yet."""

    sheet: Sheet
    state: str
    kind: str
    lateness: str  # "", "late" (sent late), "missing" (due and not sent)


FILTERS = {
    "thieu": Q(state__in=[SheetState.FILLING, SheetState.RETURNED]),
    "cho-duyet": Q(state=SheetState.SUBMITTED),
    "da-duyet": Q(state=SheetState.APPROVED),
    "tra-lai": Q(state=SheetState.RETURNED),
    "tre": Q(first_sent_at__gt=F("period__due_at")) | Q(first_sent_at__isnull=True),
}


def unit_lines(period: ReportPeriod, at: datetime, which: str = "", after: int = 0) -> list[UnitLine]:
    """Units of a period by id, narrowed by a filter; one page and one line more."""
    rows = Sheet.objects.filter(period=period, pk__gt=after).select_related("unit").defer("values")
    if which in FILTERS:
        rows = rows.filter(FILTERS[which])
    found = []
    for sheet in rows.order_by("pk")[: LISTED * 2 + 1]:
        state = SheetState(sheet.state)
        found.append(UnitLine(sheet, SHEET_NAMES[state], SHEET_KINDS[state], lateness(sheet, period, at)))
    return found


def lateness(sheet: Sheet, period: ReportPeriod, at: datetime) -> str:
    if sheet.first_sent_at is None:
        return "missing" if at > period.due_at else ""
    return "late" if sheet.first_sent_at > period.due_at else ""


@dataclass(frozen=True)
class Summed:
    """The sum of a period under a unit: numbers, how many units are in it, and those units' own numbers."""

    period: ReportPeriod
    template: Template
    computed: Computed
    parts: list[tuple[Sheet, dict[str, Decimal]]]
    units: int
    title: str

    def rows(self) -> Iterator[tuple[Row, list[tuple[str, str]]]]:
        """Each row with its cells: the column's name, and the number as people read it."""
        for row in self.template.rows:
            columns = () if row.is_heading else self.numeric()
            yield row, [(column.name, self._shown(row.code, column.code)) for column in columns]

    def numeric(self) -> list[Column]:
        return [one for one in self.template.columns if one.kind is Kind.NUMBER]

    def _shown(self, row: str, column: str) -> str:
        own = key(row, column)
        return number(self.computed.values.get(own)) or self.computed.troubles.get(own, "–")


def summed(period: ReportPeriod, actor: Actor, *, unit_id: int | None = None, only_approved: bool = False) -> Summed:
    """Add up what the units below ``unit_id`` sent (all units of the period without one): one statement."""
    template = templates.of(period.version)
    rows: QuerySet[Sheet] = Sheet.objects.visible_to(actor).filter(period=period).select_related("unit")
    rows = rows.filter(state__in=[SheetState.APPROVED] if only_approved else SENT)
    all_units = Sheet.objects.filter(period=period)
    title = ""
    if unit_id is not None:
        below = with_predecessors(tree().subtree(unit_id))
        rows, all_units = rows.filter(unit_id__in=below), all_units.filter(unit_id__in=below)
        title = tree().nodes[unit_id].name
    parts = [(sheet, numbers_of(template, sheet)) for sheet in rows.order_by("unit__name", "pk")]
    computed = add_up(template, (numbers for _sheet, numbers in parts))
    return Summed(period, template, computed, parts, all_units.count(), title)


def numbers_of(template: Template, sheet: Sheet) -> dict[str, Decimal]:
    """A sent sheet's frozen numbers."""
    kept = sheet.values or {}
    cells = template.cells
    return {
        own: Decimal(text) for own, text in kept.items() if own in cells and cells[own].column.kind is Kind.NUMBER
    }  # fmt: skip


def parts_of(found: Summed, row: str) -> list[tuple[Sheet, list[tuple[str, str]]]]:
    """One row of the sum opened: each unit with its own numbers in that row."""
    return [
        (sheet, [(one.name, number(numbers.get(key(row, one.code))) or "–") for one in found.numeric()])
        for sheet, numbers in found.parts
    ]


def export(found: Summed) -> Iterator[list[str]]:
    """The sum and every unit in it as lines: unit, row, then plain decimals by column."""
    columns = found.numeric()
    yield ["unit", "unit_name", "row", "row_name", *(one.code for one in columns)]
    summing: list[tuple[str, str, dict[str, Decimal]]] = [("", "Tổng hợp", found.computed.values)]
    each = [(sheet.unit.code, sheet.unit.name, numbers) for sheet, numbers in found.parts]
    for code, name, numbers in [*summing, *each]:
        for row in found.template.rows:
            if not row.is_heading:
                cells = (plain(numbers.get(key(row.code, one.code))) for one in columns)
                yield [code, name, row.code, row.name, *cells]
