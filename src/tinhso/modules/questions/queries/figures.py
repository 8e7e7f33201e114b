"""How the province answers: asked, answered, on time, how long it took; and which questions wait beyond their date."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from typing import Any

from django.core.cache import cache
from django.db import connection
from django.db.models import QuerySet

from tinhso.kernel.cases.models import Case
from tinhso.kernel.cases.rules import Phase
from tinhso.kernel.units.queries import tree
from tinhso.modules.questions.models import Question
from tinhso.modules.questions.rules import CLOSED_WITH_ANSWER

KEPT_SECONDS = 300
MOST_PROCEDURES = 10

_FIGURES = """
select {by}, count(*), count(*) filter (where c.state = any(%(answered)s)),
    count(*) filter (where c.state = any(%(answered)s) and c.settled_at <= c.due_at),
    count(*) filter (where c.phase = %(open)s and c.due_at < %(at)s),
    percentile_cont(array[0.5, 0.9]) within group (order by extract(epoch from c.settled_at - c.opened_at) / 86400)
        filter (where c.state = any(%(answered)s))
from questions_question q join cases_case c on c.id = q.case_id
where q.asked_on between %(since)s and %(until)s and {by} is distinct from %(none)s group by 1
order by 2 desc, 1 limit %(most)s
"""


@dataclass(frozen=True, slots=True)
class Figure:
    """Questions asked in a period: ``on_time`` is of those answered; ``silent`` are late and not answered yet; ``days``
    and ``most_days`` the calendar days in which half and nine tenths of the answers came."""

    key: str
    label: str
    asked: int
    answered: int
    on_time: int
    silent: int
    days: float | None
    most_days: float | None

    @property
    def percent(self) -> float | None:
        """On time of those answered, 0–100; None while nothing is answered."""
        return float(round(Fraction(100 * self.on_time, self.answered), 1)) if self.answered else None


def by_unit(since: date, until: date, at: datetime) -> list[Figure]:
    """By the unit that answers, most asked first."""
    nodes = tree().nodes
    return _counted("c.unit_id", since, until, at, lambda key: nodes[key].short_name if key in nodes else str(key))


def by_field(since: date, until: date, at: datetime, names: Mapping[str, str]) -> list[Figure]:
    return _counted("q.field", since, until, at, lambda key: names.get(key, key))


def by_procedure(since: date, until: date, at: datetime, names: Mapping[str, str]) -> list[Figure]:
    """The procedures that cause most questions; only those that are published."""
    found = _counted("q.procedure_code", since, until, at, lambda key: names.get(key, ""), most=MOST_PROCEDURES)
    return [one for one in found if one.label]


def overall(since: date, until: date, at: datetime) -> Figure:
    """All together; zeros when nothing was asked."""
    found = _counted("true", since, until, at, lambda key: "")
    return found[0] if found else Figure("", "", 0, 0, 0, 0, None, None)


def _counted(by: str, since: date, until: date, at: datetime, label: Any, most: int = 1000) -> list[Figure]:
    """Counted at most every five minutes."""
    key = f"questions.figures/{by}/{since}/{until}"
    rows = cache.get(key)
    if rows is None:
        with connection.cursor() as cursor:
            said: dict[str, Any] = {
                "answered": list(CLOSED_WITH_ANSWER), "open": Phase.OPEN, "at": at, "since": since, "until": until,
                "none": None if by in ("c.unit_id", "true") else "", "most": most,
            }  # fmt: skip
            cursor.execute(_FIGURES.format(by=by), said)
            rows = cursor.fetchall()
        cache.set(key, rows, KEPT_SECONDS)
    found = [
        Figure(str(one), label(one), asked, answered, on_time, silent, *_rounded(days))
        for one, asked, answered, on_time, silent, days in rows
    ]
    return sorted(found, key=lambda one: (-one.asked, one.label))


def _rounded(days: list[float] | None) -> tuple[float | None, float | None]:
    return (round(float(days[0]), 1), round(float(days[1]), 1)) if days else (None, None)


def silent(at: datetime, unit_id: int | None = None) -> QuerySet[Case]:
    """Questions whose time to answer is over and that have no answer, the longest silent first."""
    rows = Case.objects.late(at).filter(kind="question")
    if unit_id is not None:
        rows = rows.filter(unit_id__in=sorted(tree().subtree(unit_id)))
    return rows.order_by("due_at", "id")


def silent_lines(rows: QuerySet[Case], after: tuple[datetime, int] | None, size: int) -> tuple[list[Any], str]:
    """One page of them with what may be shown: the words of a question only once somebody has looked at them."""
    if after is not None:
        rows = rows.extra(where=["(due_at, cases_case.id) > (%s, %s)"], params=list(after))
    got = list(rows.only("id", "number", "unit_id", "due_at", "opened_at", "state")[: size + 1])
    last = got[size - 1] if len(got) > size else None
    more = f"{last.due_at.isoformat()}~{last.pk}" if last is not None and last.due_at is not None else ""
    said = {
        pk: (field, title)
        for pk, field, title in Question.objects.filter(pk__in=[one.pk for one in got]).values_list(
            "pk", "field", "shown_title"
        )
    }
    return [(one, *said[one.pk]) for one in got[:size] if one.pk in said], more
