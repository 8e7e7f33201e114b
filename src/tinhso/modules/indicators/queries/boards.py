"""A unit's board: its indicators of a year with value, plan so far, target and verdict; and one indicator by unit."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from tinhso.kernel.clock.rules.periods import Period, year_of
from tinhso.kernel.units.queries import tree
from tinhso.kernel.units.rules import Kind, Node
from tinhso.modules.indicators.models import Target
from tinhso.modules.indicators.queries import definitions, values
from tinhso.modules.indicators.rules.definitions import Definition
from tinhso.modules.indicators.rules.judging import Goal, verdict
from tinhso.modules.indicators.rules.values import EMPTY, Point, Shown, shown, value_of
from tinhso.modules.indicators.rules.words import DOMAIN_NAMES, VERDICT_LOOKS, VERDICT_NAMES, Direction, Verdict

ALARMING = (Verdict.FAR_BEHIND, Verdict.BEHIND, Verdict.NEARLY)
LEVELS = {Kind.PROVINCE: "province", Kind.DISTRICT: "district", Kind.COMMUNE: "commune"}


@dataclass(frozen=True)
class Row:
    """An indicator of a unit in a year (or a unit in the table of an indicator)."""

    definition: Definition
    target: Target | None
    period: Period | None
    point: Point
    value: Fraction | None
    plan: Fraction | None
    verdict: Verdict
    unit: Node | None = None

    @property
    def shown(self) -> Shown | None:
        """The value as it may be published: never at its target when it is not."""
        return None if self.value is None else shown(self.definition, self.value, self.plan)

    @property
    def plan_shown(self) -> Decimal | None:
        return None if self.plan is None else shown(self.definition, self.plan).value

    @property
    def verdict_name(self) -> str:
        return VERDICT_NAMES[self.verdict]

    @property
    def look(self) -> tuple[str, str]:
        return VERDICT_LOOKS[self.verdict]

    @property
    def gap(self) -> Decimal | None:
        """By how much the value falls short of the plan, in its unit of measure; None when it does not."""
        if self.value is None or self.plan is None or self.verdict not in ALARMING:
            return None
        missing = self.plan - self.value if self.definition.direction is Direction.UP else self.value - self.plan
        return shown(self.definition, missing).value

    @property
    def share(self) -> float | None:
        """How far the bar of a share goes (0–100)."""
        return None if self.value is None or self.definition.measure != "percent" else min(100.0, float(self.value))


@dataclass(frozen=True)
class Board:
    rows: list[Row]
    counts: dict[Verdict, int]
    documents: list[str]

    @property
    def groups(self) -> list[tuple[str, list[Row]]]:
        """By domain, in its order."""
        found: dict[str, list[Row]] = {}
        for row in self.rows:
            found.setdefault(row.definition.domain, []).append(row)
        return [(DOMAIN_NAMES[code], found[code]) for code in DOMAIN_NAMES if code in found]

    @property
    def alarming(self) -> list[Row]:
        """What falls short of its plan, the furthest behind first."""
        rows = [row for row in self.rows if row.verdict in ALARMING[:2]]
        return sorted(rows, key=lambda row: (ALARMING.index(row.verdict), row.definition.name))


def judged(
    definition: Definition, target: Target | None, period: Period | None, point: Point, unit: Node | None = None
) -> Row:
    """A row with its verdict: the value of the year so far against the path up to its last month."""
    value = value_of(definition, point)
    plan = Goal.from_row(target.value, target.path).by(period.until.month if period else 12) if target else None
    said = verdict(value, plan, definition.direction, definition.tolerance)
    return Row(definition, target, period, point, value, plan, said, unit)


def level_of(node: Node) -> str:
    return LEVELS.get(Kind(node.kind), "department")


def board(
    node: Node, year: int, today: date, *, domain: str = "", document: str = "", everything: bool = False
) -> Board:
    """The indicators of a unit that have a target or a value in that year (or all of its level): three statements, one
    for each dimension but verdicts, one for each indicator that another module measures."""
    day = min(today, year_of(year).until)
    known = definitions.aimed(day, node.id, year)
    level = level_of(node)
    wanted = [
        one for one in known.values()
        if (level in one.definition.levels or one.target) and (not domain or one.definition.domain == domain)
        and (not document or (one.target and one.target.document == document))
    ]  # fmt: skip
    courses = values.courses((one.definition for one in wanted), node.id, year_of(year).since, day)
    rows = [_row(one, courses[one.definition.code], node, year, day) for one in wanted]
    rows = [row for row in rows if everything or row.target is not None or row.value is not None]
    return Board(rows, _counts(rows), sorted({one.target.document for one in known.values() if one.target}))


def _row(aimed: definitions.Aimed, course: values.Course, node: Node, year: int, day: date) -> Row:
    one, target = aimed.definition, aimed.target
    if one.is_measured:
        whole = year_of(year)
        return judged(one, target, Period(date(day.year, day.month, 1), 1), values.measured(one, node.id, whole, day))
    period, point = values.to_date(one, course, year)
    return judged(one, target, period, point)


def _counts(rows: Iterable[Row]) -> dict[Verdict, int]:
    found = Counter(row.verdict for row in rows)
    return {one: found[one] for one in Verdict}


def units_below(node: Node, day: date) -> list[Node]:
    """The bodies that a table of units shows: those with legal standing right below a unit, living on that day."""
    known = tree()
    found = [known.nodes[one] for one in known.subtree(node.id) if one != node.id]
    bodies = (Kind.DEPARTMENT, Kind.VERTICAL, Kind.DISTRICT, Kind.COMMUNE)
    return sorted((one for one in found if one.kind in bodies and one.lives_on(day)), key=lambda one: one.name)


def of_units(definition: Definition, nodes: Iterable[Node], year: int, today: date) -> list[Row]:
    """One indicator in many units over a year so far, the furthest behind first: a few statements."""
    asked = list(nodes)
    day = min(today, year_of(year).until)
    period = Period(date(day.year, day.month, 1), 1)
    points = values.by_unit(definition, [one.id for one in asked], year_of(year).since, _whole(day))
    targets: Mapping[int, Target] = {
        row.unit_id: row
        for row in Target.objects.filter(indicator__code=definition.code, year=year, unit__in=[one.id for one in asked])
    }
    rows = [judged(definition, targets.get(one.id), period, points.get(one.id, EMPTY), one) for one in asked]
    best = -1 if definition.direction is Direction.UP else 1
    return sorted(rows, key=lambda row: (row.value is None, best * (row.value or 0), row.unit.name if row.unit else ""))


def _whole(day: date) -> date:
    """To the end of a day's month: what month figures know, as nothing happens after today."""
    return Period(date(day.year, day.month, 1), 1).until
