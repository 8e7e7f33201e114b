"""What is asked, what came out of it, and who is told of a low rating."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from functools import lru_cache
from typing import Any

from django.db.models import QuerySet, Sum
from django.utils import timezone

from tinhso.kernel.journal.models import Entry
from tinhso.kernel.people.holders import nearest_holders
from tinhso.kernel.people.rules import Actor
from tinhso.kernel.replicas import tolerates_age
from tinhso.kernel.search.rules import fold
from tinhso.kernel.units.queries import tree
from tinhso.modules.satisfaction import rules
from tinhso.modules.satisfaction.models import Edition, Invitation, Rating, Tally
from tinhso.modules.satisfaction.rules import Permission, Questionnaire

PROCEDURES_SHOWN = 50


def edition_on(day: date) -> Edition | None:
    """The questionnaire in force on a day."""
    found: Edition | None = Edition.objects.in_force_on(day).order_by("-valid_from").first()
    return found


@lru_cache(maxsize=32)
def questionnaire(edition_id: int) -> Questionnaire:
    """What an edition asks; an edition never changes once published."""
    return rules.questionnaire_from(Edition.objects.values_list("content", flat=True).get(pk=edition_id))


def procedure_of(case_id: int) -> str:
    """The code that the case's own entries name; empty for kinds of case without procedures."""
    rows = Entry.objects.filter(case_id=case_id, data__has_key="procedure").order_by("seq")
    return str(rows.values_list("data__procedure", flat=True).first() or "")[:20]


def invitation_by_code(code: str) -> Invitation | None:
    return Invitation.objects.select_related("unit", "case").filter(code=code).first()


def heads_of(unit_id: int) -> list[int]:
    """Accounts that follow up ratings: those with the right nearest above the unit."""
    return nearest_holders(Permission.FOLLOW_UP, [unit_id], timezone.localdate())[unit_id]


@dataclass(frozen=True)
class Figure:
    """What a group of applicants said. ``percent`` is who is satisfied or very satisfied, 0–100; averages are on the
    questionnaire's scale. None where too few answered to publish (see ``Questionnaire.publish_from``)."""

    label: str
    code: str
    invited: int
    answered: int
    very_satisfied: int
    satisfied: int
    dissatisfied: int
    average: Fraction | None
    grade: str
    is_shown: bool

    @property
    def percent(self) -> float | None:
        if not self.is_shown:
            return None
        return float(round(Fraction(100 * (self.very_satisfied + self.satisfied), self.answered), 1))

    @property
    def average_points(self) -> float | None:
        return None if self.average is None else float(round(self.average, 2))

    @property
    def response(self) -> float | None:
        """Share of those asked who answered, 0–100."""
        return float(round(Fraction(100 * self.answered, self.invited), 1)) if self.invited else None


def months_of(since: date, until: date) -> QuerySet[Tally]:
    return Tally.objects.filter(month__gte=since.replace(day=1), month__lte=until)


@tolerates_age
def overall(rows: QuerySet[Tally], asked: Questionnaire, label: str = "") -> Figure:
    """All of a selection together: one statement."""
    return _figure(label, "", rows.filter(criterion="").aggregate(**Tally.sums()), asked)


@tolerates_age
def by_unit(rows: QuerySet[Tally], asked: Questionnaire) -> list[Figure]:
    """By body (a commune, a department), the name first in the alphabet first: one statement."""
    known = tree()
    found: dict[int, dict[str, Any]] = {}
    for row in _summed(rows, "unit_id"):
        if row["unit_id"] in known.nodes:
            body = known.body_of(row["unit_id"])
            found[body.id] = _added(found.get(body.id), row)
    figures = [_figure(known.nodes[key].name, str(key), row, asked) for key, row in found.items()]
    return sorted(figures, key=lambda one: fold(one.label))


@tolerates_age
def by_procedure(rows: QuerySet[Tally], asked: Questionnaire, names: dict[str, str]) -> list[Figure]:
    """The procedures with most answers, at most fifty: one statement."""
    most = _summed(rows.exclude(procedure=""), "procedure").order_by("-answered_sum", "procedure")[:PROCEDURES_SHOWN]
    return [_figure(names.get(row["procedure"], row["procedure"]), row["procedure"], row, asked) for row in most]


def titles(codes: Iterable[str]) -> dict[str, str]:
    """What procedures were called when their applicants were asked, by code: one statement."""
    rows = Invitation.objects.filter(procedure__in=list(codes)).order_by("procedure", "-id").distinct("procedure")
    return dict(rows.values_list("procedure", "title"))


@tolerates_age
def by_criterion(rows: QuerySet[Tally], asked: Questionnaire) -> list[tuple[str, int, float]]:
    """For each criterion: its words, how many answered, and the average of 0 to 2 points: one statement."""
    counted = rows.exclude(criterion="").values_list("criterion").annotate(Sum("answered"), Sum("points"))
    found = {code: (answered, points) for code, answered, points in counted}
    return [
        (one.name, found[one.code][0], float(Fraction(found[one.code][1], found[one.code][0])))
        for one in asked.criteria
        if one.code in found and found[one.code][0] >= asked.publish_from
    ]


def _summed(rows: QuerySet[Tally], column: str) -> Any:
    """The whole ratings of a selection, added up by one column."""
    return rows.filter(criterion="").values(column).annotate(**Tally.sums())


def _added(row: dict[str, Any] | None, more: dict[str, Any]) -> dict[str, Any]:
    return more if row is None else {key: (row[key] or 0) + (more[key] or 0) for key in row if key.endswith("_sum")}


def _figure(label: str, code: str, row: dict[str, Any], asked: Questionnaire) -> Figure:
    answered, out_of = row["answered_sum"] or 0, row["out_of_sum"] or 0
    is_shown = answered >= asked.publish_from
    average = rules.scaled(row["points_sum"] or 0, out_of, asked.most) if is_shown and out_of else None
    return Figure(
        label=label,
        code=code,
        invited=row["invited_sum"] or 0,
        answered=answered,
        very_satisfied=row["very_satisfied_sum"] or 0,
        satisfied=row["satisfied_sum"] or 0,
        dissatisfied=row["dissatisfied_sum"] or 0,
        average=average,
        grade=rules.grade_of(average, asked.grades).name if average is not None else "",
        is_shown=is_shown,
    )


def low_ratings(actor: Actor, *, only_open: bool) -> QuerySet[Rating]:
    """Low ratings that the actor follows up, the newest first."""
    rows = Rating.objects.visible_to(actor).low()
    rows = rows.open() if only_open else rows
    return rows.select_related("invitation__unit", "invitation__case", "followed_up_by").order_by("-given_on", "-id")
