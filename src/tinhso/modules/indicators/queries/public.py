"""What everybody may read: the province's values of periods that are over, as they were kept, against its targets."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from tinhso.kernel.clock.rules.periods import Period, year_of
from tinhso.kernel.numerals import plain
from tinhso.kernel.units.queries import tree
from tinhso.modules.indicators.models import IndicatorVersion, Target
from tinhso.modules.indicators.queries import definitions
from tinhso.modules.indicators.queries.boards import Board, Row, judged
from tinhso.modules.indicators.queries.kept import kept
from tinhso.modules.indicators.queries.values import Course, to_date
from tinhso.modules.indicators.rules.definitions import Definition
from tinhso.modules.indicators.rules.judging import Goal
from tinhso.modules.indicators.rules.periods import between
from tinhso.modules.indicators.rules.values import EMPTY, value_of
from tinhso.modules.indicators.rules.words import DOMAIN_NAMES, MEASURES, Verdict

YEARS = 5


@dataclass(frozen=True)
class Told:
    """One public indicator.

    ``row``: its year up to the last period kept; ``rows``: the five years' periods, the newest first; ``last``: the
    newest of them when the year itself has none yet."""

    version: IndicatorVersion
    row: Row
    rows: list[Row]
    course: list[tuple[Period, Any, Any]]

    @property
    def last(self) -> Row | None:
        return self.rows[0] if self.rows and self.row.value is None else None


def province() -> int | None:
    """The unit whose values are public; None before there is any."""
    roots = tree().root_ids
    return roots[0] if roots else None


def board(year: int, today: date) -> Board:
    """All public indicators that have a target in a year or a value kept from it: three statements."""
    rows = [told.row for told in _told(year, today, None) if told.row.target or told.row.value is not None]
    counts = {one: sum(row.verdict is one for row in rows) for one in Verdict}
    return Board(rows, counts, sorted({row.target.document for row in rows if row.target}))


def one(code: str, year: int, today: date) -> Told | None:
    """One public indicator over five years; None for an unknown one and one that is kept for officials."""
    return next(iter(_told(year, today, code)), None)


def _told(year: int, today: date, code: str | None) -> Iterator[Told]:
    unit_id = province()
    if unit_id is None:
        return
    day, first = min(today, year_of(year).until), year_of(year - YEARS + 1).since
    known = [
        each for name, each in definitions.in_force(day).items() if each[1].is_public and (code is None or name == code)
    ]
    ids = [version.indicator_id for version, _ in known]
    since = first if code else year_of(year).since
    courses = kept(unit_id, ids, since, day)
    goals: dict[int, dict[int, Target]] = {}
    for target in Target.objects.filter(
        unit_id=unit_id, indicator_id__in=ids, year__gte=since.year, year__lte=year
    ).select_related("indicator"):
        goals.setdefault(target.indicator_id, {})[target.year] = target
    for version, definition in known:
        course = courses.get(version.indicator_id, {})
        steps = [one for one in between(since, day, definition.frequency) if one.until < today]
        yield _made(version, definition, course, goals.get(version.indicator_id, {}), year, steps)


def _made(
    version: IndicatorVersion, one: Definition, course: Course, targets: dict[int, Target], year: int,
    over: list[Period],
) -> Told:  # fmt: skip
    own = {period: course[period] for period in over if period in course}
    period, point = to_date(one, own, year)
    rows = [judged(one, targets.get(each.since.year), each, own[each]) for each in sorted(own, reverse=True)]
    goals = {each: Goal.from_row(row.value, row.path) for each, row in targets.items()}
    steps = [
        (each, value_of(one, own.get(each, EMPTY)),
         goals[each.since.year].by(each.until.month) if each.since.year in goals else None)
        for each in over
    ]  # fmt: skip
    return Told(version, judged(one, targets.get(year), period, point), rows, steps)


# --- Open data -------------------------------------------------------------------------------------------------------


def as_data(row: Row) -> dict[str, Any]:
    """A value as open data: what it is divided from, what is published of it and how it was cut."""
    one, target = row.definition, row.target
    return {
        "indicator": one.code,
        "name": one.name,
        "name_en": one.name_en,
        "domain": DOMAIN_NAMES[one.domain],
        "measure": MEASURES[one.measure][0],
        "period": row.period.code if row.period else None,
        "numerator": _plain(row.point.numerator),
        "denominator": _plain(row.point.denominator),
        "value": row.shown.value if row.shown else None,
        "how": row.shown.words if row.shown else None,
        "plan": row.plan_shown,
        "target": _plain(target.value) if target else None,
        "document": target.document if target else None,
        "is_confirmed": target.is_confirmed if target else None,
        "verdict": row.verdict.value,
        "verdict_name": row.verdict_name,
    }


def _plain(number: Decimal | None) -> str | None:
    return None if number is None else plain(number)


def described(version: IndicatorVersion, one: Definition) -> dict[str, Any]:
    """What an indicator means, for who takes its values."""
    return {
        "indicator": one.code, "name": one.name, "name_en": one.name_en, "measure": MEASURES[one.measure][0],
        "factor": one.factor, "numerator": one.numerator.words,
        "denominator": one.denominator.words if one.denominator else None, "direction": one.direction.value,
        "frequency": one.frequency.value, "is_stock": one.is_stock, "places": one.places,
        "rounding": one.rounding.value, "owner": one.owner, "system": one.system, "version": version.number,
        "valid_from": version.valid_from, "legal_source": version.legal_source,
        "nearly_from": one.tolerance.nearly, "behind_from": one.tolerance.behind,
    }  # fmt: skip
