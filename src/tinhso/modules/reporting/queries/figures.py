"""Numbers the platform knows by itself, to stand in cells before anybody types.

A cell's source is ``measure:code`` (what a module declares in its manifest) or ``facts:…`` (counted facts; see
``kernel.facts.rules``). And what this module declares itself: how many reports are made online, how many come in time.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction
from operator import add

from django.db.models import Count, F, Q, Sum
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from tinhso.kernel.facts.models import DayFigure
from tinhso.kernel.facts.rules import terms
from tinhso.kernel.manifest import Measured, MeasureSource, registry
from tinhso.kernel.units.queries import Holding, main_successor_on, tree
from tinhso.modules.reporting.models import Sheet
from tinhso.modules.reporting.rules.computing import rounded
from tinhso.modules.reporting.rules.sheets import Template
from tinhso.modules.reporting.rules.words import ONLINE, SheetState

Found = dict[int, dict[str, Measured]]


def all_of(template: Template, unit_ids: Collection[int], since: date, until: date) -> Found:
    """Unit → cell → number, for every cell that has a source: a statement or two for each source."""
    wanted = {cell.key: cell.source for cell in template.cells.values() if cell.source}
    by_source = {source: _values(source, unit_ids, since, until) for source in set(wanted.values())}
    found: Found = {unit: {} for unit in unit_ids}
    for key, source in wanted.items():
        for unit, measured in by_source[source].items():
            if unit in found:
                found[unit][key] = measured
    return found


def unknown(template: Template) -> list[str]:
    """Sources that the platform does not have, or that cannot be read."""
    return sorted({one.source for one in template.specials if one.source and not _is_known(one.source)})


def _is_known(source: str) -> bool:
    kind, _colon, rest = source.partition(":")
    if kind == "facts":
        try:
            return all(term.name in registry.facts for term in terms(source))
        except ValueError:
            return False
    return kind == "measure" and rest in registry.measures


def offered() -> list[tuple[str, str]]:
    """Every source by its name, for the one who designs a template."""
    measures = [(f"measure:{one.code}", f"{_(one.title)} ({_(one.unit)})") for one in registry.measures.values()]
    return [*measures, *((f"facts:{one.name}", _(one.title)) for one in registry.facts.values())]


def _values(source: str, unit_ids: Collection[int], since: date, until: date) -> Mapping[int, Measured]:
    kind, _colon, rest = source.partition(":")
    if kind == "facts":
        return _facts(source, unit_ids, since, until)
    declared = registry.measures.get(rest)
    return declared.values(unit_ids, since, until) if declared else {}


def _facts(source: str, unit_ids: Collection[int], since: date, until: date) -> Mapping[int, Measured]:
    """Sums of day figures by body; what a merged unit did before counts for the unit that took over."""
    totals = dict.fromkeys(unit_ids, 0)
    for term in terms(source):
        rows = DayFigure.objects.filter(name=term.name, on__gte=since, on__lte=until)
        if term.dimension:
            rows = rows.filter(dims__contains={term.dimension: term.value})
        for unit, number in rows.values_list("unit_id").annotate(Sum("number")):
            body = tree().body_of(unit).id
            heir = main_successor_on(body, until) or body
            if heir in totals:
                totals[heir] += number
    words = f"Đếm từ hồ sơ, {since:%d/%m/%Y} – {until:%d/%m/%Y}"
    return {unit: Measured(Decimal(number), words) for unit, number in totals.items()}


def _sheets(unit_ids: Collection[int], since: date, until: date) -> dict[int, tuple[int, int, int]]:
    """Of each unit with all below it: reports due in these days, those of them made online, those sent in time."""
    sent = ~Q(state__in=[SheetState.FILLING, SheetState.RETURNED])
    rows = Sheet.objects.filter(
        period__due_at__date__gte=since, period__due_at__date__lte=until, period__due_at__lte=timezone.now()
    )
    in_time = Q(first_sent_at__lte=F("period__due_at"))
    counted = rows.values("unit_id").annotate(
        due=Count("pk"), online=Count("pk", filter=sent & Q(channel__in=ONLINE)), in_time=Count("pk", filter=in_time)
    )
    wanted, holding = set(unit_ids), Holding()
    found: dict[int, tuple[int, int, int]] = {}
    for unit_id, *numbers in counted.order_by().values_list("unit_id", "due", "online", "in_time"):
        for holder in holding.of(unit_id) & wanted:
            due, online, sent_in_time = map(add, found.get(holder, (0, 0, 0)), numbers)
            found[holder] = (due, online, sent_in_time)
    return found


def _share(part: int, whole: int, words: str) -> Measured:
    """A percentage with two places, rounded half up, and what it was divided from."""
    value = rounded(Fraction(100 * part, whole), 2)
    return Measured(value, f"{part}/{whole} {words} (làm tròn)", reverse("reporting:reports"))


def online_share(unit_ids: Collection[int], since: date, until: date) -> Mapping[int, Measured]:
    """Of the reports that fell due in these days, how many were made on the platform, in %; those missing count."""
    return {
        unit: _share(online, due, "báo cáo đến hạn lập trực tuyến")
        for unit, (due, online, _in_time) in _sheets(unit_ids, since, until).items()
    }


def in_time_share(unit_ids: Collection[int], since: date, until: date) -> Mapping[int, Measured]:
    """Of the reports that fell due in these days, how many were sent in time, in %."""
    return {
        unit: _share(in_time, due, "báo cáo gửi đúng hạn")
        for unit, (due, _online, in_time) in _sheets(unit_ids, since, until).items()
    }


MEASURES = (
    MeasureSource("reporting.online_share", "Tỷ lệ báo cáo lập trực tuyến", "%", online_share),
    MeasureSource("reporting.in_time_share", "Tỷ lệ báo cáo gửi đúng hạn", "%", in_time_share),
)
