"""The queue as its pages show it: who is called, who waits, how long it took."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Avg, Count, DurationField, ExpressionWrapper, F, Max, Q
from django.db.models.functions import ExtractHour
from django.utils import timezone
from django.utils.translation import gettext as _

from tinhso.kernel.people.rules import Actor
from tinhso.kernel.units.queries import tree
from tinhso.modules.queueing.models import Kiosk, Ticket
from tinhso.modules.queueing.rules import (
    FRESH_SECONDS,
    LETTERS,
    PURPOSE_WORDS,
    STATE_WORDS,
    Permission,
    Purpose,
    State,
    minutes_to_wait,
)

MOST_CALLED = 8
MOST_LISTED = 30
LONGEST_SPAN = 92  # days


def queue_of(actor: Actor) -> int | None:
    """The shop whose numbers this official calls: their own unit's, else the first on which they may."""
    known = tree()
    if actor.unit_id is not None and actor.unit_id in known.nodes and actor.may(Permission.CALL, actor.unit_id):
        return actor.unit_id
    scope = actor.scope(Permission.CALL)
    return known.root_ids[0] if scope.everywhere else min(scope.units, default=None)


def is_in_use(unit_id: int | None) -> bool:
    """Whether the shop gives out numbers at all."""
    return unit_id is not None and Kiosk.objects.filter(pk=unit_id).exists()


def _today(unit_id: int, at: datetime) -> Any:
    return Ticket.objects.filter(unit_id=unit_id, on=timezone.localtime(at).date())


def at_window(unit_id: int, window: str, at: datetime) -> Ticket | None:
    """Who stands at a window now."""
    return _today(unit_id, at).filter(state=State.CALLED, window=window).first() if window else None


def waiting(unit_id: int, at: datetime) -> list[Ticket]:
    """Who waits, in the order in which they will be called; at most thirty."""
    return list(_today(unit_id, at).filter(state=State.WAITING).order_by("-is_priority", "id")[:MOST_LISTED])


def absent(unit_id: int, at: datetime) -> list[Ticket]:
    """Who was called and did not come, the latest first."""
    return list(_today(unit_id, at).filter(state=State.ABSENT).order_by("-last_called_at")[:MOST_LISTED])


def counts(unit_id: int, at: datetime) -> dict[str, int]:
    """How many of today's tickets stand in each state. One statement."""
    found = dict(_today(unit_id, at).values_list("state").annotate(number=Count("pk")))
    return {state.value: found.get(state.value, 0) for state in State}


def screen(unit_id: int, at: datetime) -> dict[str, Any]:
    """The screen in the waiting room: numbers at windows, the latest call first, and how many wait for what."""
    rows = _today(unit_id, at)
    called = list(rows.filter(state=State.CALLED).order_by("-last_called_at")[:MOST_CALLED])
    left = dict(rows.filter(state=State.WAITING).values_list("purpose").annotate(number=Count("pk")))
    recently = rows.filter(called_at__gt=at - timedelta(hours=1)).count()
    total = sum(left.values())
    return {
        "called": [{"ticket": one, "is_fresh": _is_fresh(one, at)} for one in called],
        "lanes": [
            {"letter": LETTERS[purpose], "words": _(PURPOSE_WORDS[purpose]), "count": left.get(purpose.value, 0)}
            for purpose in Purpose
        ],
        "waiting": total,
        "minutes": minutes_to_wait(total, recently) if total else None,
    }


def _is_fresh(one: Ticket, at: datetime) -> bool:
    return one.last_called_at is not None and at - one.last_called_at < timedelta(seconds=FRESH_SECONDS)


def place_of(ticket: Ticket, at: datetime) -> dict[str, Any]:
    """Where a ticket stands: its state in words, how many are before it, how long that may take."""
    rows = Ticket.objects.filter(unit_id=ticket.unit_id, on=ticket.on)
    before = Q(pk__lt=ticket.pk, is_priority=ticket.is_priority)
    if not ticket.is_priority:
        before |= Q(is_priority=True)
    ahead = rows.filter(before, state=State.WAITING).count() if ticket.state == State.WAITING else 0
    recently = rows.filter(called_at__gt=at - timedelta(hours=1)).count()
    is_today = ticket.on == timezone.localtime(at).date()
    return {
        "ticket": ticket,
        "purpose": ticket.purpose_words,
        "state": _(STATE_WORDS[State(ticket.state)]) if is_today else _("Số của ngày khác"),
        "is_waiting": ticket.state == State.WAITING and is_today,
        "is_called": ticket.state == State.CALLED and is_today,
        "ahead": ahead,
        "minutes": minutes_to_wait(ahead, recently),
        "shop": tree().nodes[ticket.unit_id].name,
    }


_WAITED = ExpressionWrapper(F("called_at") - F("taken_at"), output_field=DurationField())
_SERVED = ExpressionWrapper(F("done_at") - F("last_called_at"), output_field=DurationField())


@dataclass(frozen=True, slots=True)
class Figures:
    """A span of days: tickets taken, called and absent; mean and longest wait, mean service, in whole minutes."""

    taken: int
    called: int
    absent: int
    mean_wait: int | None
    longest_wait: int | None
    mean_service: int | None
    hours: tuple[tuple[int, int, int | None], ...]
    windows: tuple[tuple[str, int, int | None], ...]


def figures(unit_id: int, first: date, last: date) -> Figures:
    """Waiting times of a shop from ``first`` to ``last``, both included, by hour of arrival and by window."""
    rows = Ticket.objects.filter(unit_id=unit_id, on__range=(max(first, last - timedelta(days=LONGEST_SPAN)), last))
    called = Q(called_at__isnull=False)
    one = rows.aggregate(
        taken=Count("pk"),
        called=Count("pk", filter=called),
        absent=Count("pk", filter=Q(state=State.ABSENT)),
        mean=Avg(_WAITED, filter=called),
        longest=Max(_WAITED, filter=called),
        service=Avg(_SERVED, filter=Q(done_at__isnull=False)),
    )
    hours = (
        rows.annotate(hour=ExtractHour("taken_at"))
        .values_list("hour")
        .annotate(n=Count("pk"), mean=Avg(_WAITED, filter=called))
        .order_by("hour")
    )
    windows = (
        rows.filter(done_at__isnull=False)
        .values_list("window")
        .annotate(n=Count("pk"), mean=Avg(_SERVED))
        .order_by("window")
    )
    return Figures(
        taken=one["taken"],
        called=one["called"],
        absent=one["absent"],
        mean_wait=_minutes(one["mean"]),
        longest_wait=_minutes(one["longest"]),
        mean_service=_minutes(one["service"]),
        hours=tuple((hour, n, _minutes(mean)) for hour, n, mean in hours),
        windows=tuple((window, n, _minutes(mean)) for window, n, mean in windows),
    )


def _minutes(span: timedelta | None) -> int | None:
    return None if span is None else round(span.total_seconds() / 60)
