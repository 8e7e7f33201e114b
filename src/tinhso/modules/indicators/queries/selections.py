"""The cases behind a number: the very selection that was counted, as a list of what its reader may see."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from tinhso.kernel.api.paging import page
from tinhso.kernel.cases.addresses import desk_page
from tinhso.kernel.cases.models import Case
from tinhso.kernel.clock.rules.periods import Period
from tinhso.kernel.facts import queries as facts
from tinhso.kernel.facts.models import Fact
from tinhso.kernel.facts.rules import terms
from tinhso.kernel.manifest import registry
from tinhso.kernel.people.rules import Actor
from tinhso.kernel.units.queries import tree
from tinhso.modules.indicators.queries.values import covered
from tinhso.modules.indicators.rules.definitions import Part

PAGE = 30


@dataclass(frozen=True)
class Found:
    """``total`` is the number itself; ``lines`` what the reader may see of it, the newest first."""

    total: int
    lines: list[dict[str, Any]]
    more: str


def rows_of(part: Part, unit_id: int, period: Period) -> Any:
    """The facts that a part counts in a period."""
    wanted, units = Q(), covered(unit_id)
    for term in terms(part.source):
        wanted |= Q(name=term.name) & facts.narrowed(term.dims, is_whole=units is None)
    rows = Fact.objects.filter(wanted, on__gte=period.since, on__lte=period.until)
    return rows if units is None else rows.filter(unit_id__in=units)


def total_of(part: Part, unit_id: int, period: Period) -> int:
    """The number, from the same month figures that the indicator is computed from."""
    months = facts.selected_by_month(terms(part.source), period.since, period.until, covered(unit_id))
    return sum(number for counted in months.values() for number in counted.values())


def behind(part: Part, unit_id: int, period: Period, actor: Actor, after: str | None) -> Found:
    """A page of the list; cases that the reader may not see are counted but not told.

    Raises Refusal for a wrong key."""
    rows = rows_of(part, unit_id, period).filter(case__in=Case.objects.visible_to(actor).only("pk"))
    rows = rows.select_related("case").defer("case__clock", "case__needle")
    got = page(rows, order=("-on", "-id"), after=after, size=PAGE)
    lines = [_line(fact) for fact in got["items"]]
    return Found(total_of(part, unit_id, period), lines, got["next"] or "")


def _line(fact: Fact) -> dict[str, Any]:
    case, nodes = fact.case, tree().nodes
    declared = registry.facts.get(fact.name)
    return {
        "number": case.number, "title": case.title, "url": desk_page(case.kind_of, case.number), "on": fact.on,
        "unit": nodes[fact.unit_id].short_name if fact.unit_id in nodes else "",
        "what": _(declared.title) if declared else fact.name, "late": fact.dims.get("verdict") == "late",
    }  # fmt: skip
