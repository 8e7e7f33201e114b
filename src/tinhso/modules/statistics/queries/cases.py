"""The dossiers behind a number: the same selection as a list."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta

from django.db import connection, transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone

from tinhso.kernel.cases.rules import Phase
from tinhso.kernel.clock.rules.periods import month_after
from tinhso.kernel.facts.models import Fact
from tinhso.modules.statistics import rules
from tinhso.modules.statistics.queries.wanted import Counted, Wanted, units_of


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
