"""How the province answers: asked, answered, on time, how long it took; and which questions wait beyond their date."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from typing import Any

from django.core.cache import cache
from django.db import connection
from django.db.models import QuerySet

from tinhso.kernel.cases.models import Case
from tinhso.kernel.units.queries import tree
from tinhso.modules.questions.models import Question
from tinhso.modules.questions.rules import CLOSED_WITH_ANSWER

KEPT_SECONDS = 300

_FIGURES = """
select {by}, count(*), count(*) filter (where c.state = any(%(answered)s)),
    count(*) filter (where c.state = any(%(answered)s) and c.settled_at <= c.due_at),
    percentile_cont(0.5) within group (order by extract(epoch from c.settled_at - c.opened_at) / 86400)
        filter (where c.state = any(%(answered)s))
from questions_question q join cases_case c on c.id = q.case_id
where q.asked_on between %(since)s and %(until)s group by 1
"""


@dataclass(frozen=True, slots=True)
class Figure:
    """Questions of a period: ``on_time`` is of those answered; ``days`` the median of calendar days to the answer."""

    key: str
    label: str
    asked: int
    answered: int
    on_time: int
    days: float | None

    @property
    def percent(self) -> float | None:
        """On time of those answered, 0–100; None while nothing is answered."""
        return float(round(Fraction(100 * self.on_time, self.answered), 1)) if self.answered else None


def by_unit(since: date, until: date) -> list[Figure]:
    """By the unit that answers, most asked first."""
    nodes = tree().nodes
    return _counted("c.unit_id", since, until, lambda key: nodes[key].short_name if key in nodes else str(key))


def by_field(since: date, until: date, names: dict[str, str]) -> list[Figure]:
    return _counted("q.field", since, until, lambda key: names.get(key, key))


def overall(since: date, until: date) -> Figure:
    """All together; zeros when nothing was asked."""
    found = _counted("''", since, until, lambda key: "")
    return found[0] if found else Figure("", "", 0, 0, 0, None)


def _counted(by: str, since: date, until: date, label: Any) -> list[Figure]:
    """Counted at most every five minutes."""
    key = f"questions.figures/{by}/{since}/{until}"
    rows = cache.get(key)
    if rows is None:
        with connection.cursor() as cursor:
            said: dict[str, Any] = {"answered": list(CLOSED_WITH_ANSWER), "since": since, "until": until}
            cursor.execute(_FIGURES.format(by=by), said)
            rows = cursor.fetchall()
        cache.set(key, rows, KEPT_SECONDS)
    found = [
        Figure(str(one), label(one), asked, answered, on_time, None if days is None else round(float(days), 1))
        for one, asked, answered, on_time, days in rows
    ]
    return sorted(found, key=lambda one: (-one.asked, one.label))


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
