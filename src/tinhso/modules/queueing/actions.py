"""Taking a number, calling it, serving: one function a verb. Which number is whose, the database decides."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from datetime import date, datetime

from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from tinhso.kernel.cases.actions import take_number
from tinhso.kernel.errors import NotAllowed, NotFound, Refusal
from tinhso.kernel.journal.actions import note
from tinhso.kernel.people.rules import Actor
from tinhso.kernel.units.queries import tree
from tinhso.modules.queueing.models import Kiosk, Ticket
from tinhso.modules.queueing.rules import LONGEST_WINDOW, Permission, Purpose, State, series


def _note(ticket: Ticket, verb: str, by: Actor, at: datetime, **data: object) -> None:
    subject = f"queue/{ticket.unit_id}/{ticket.on:%Y-%m-%d}"
    note(subject=subject, verb=f"queueing.{verb}", by=by, at=at, data={"label": ticket.label, **data})


def _ask(by: Actor, unit_id: int, right: Permission = Permission.CALL) -> None:
    if not by.may(right, unit_id):
        raise NotAllowed


def take(*, unit_id: int, purpose: str, is_priority: bool, request_key: str, by: Actor, at: datetime) -> Ticket:
    """The next number of the day for what somebody comes for; pressed twice with one ``request_key`` it is one.

    Raises Refusal ``queueing.purpose``."""
    if purpose not in set(Purpose):
        raise Refusal("queueing.purpose", "Chọn việc bạn cần làm.", field="purpose")
    day = timezone.localtime(at).date()
    key = f"{unit_id}/{request_key[:40]}"
    try:
        with transaction.atomic():
            ticket = Ticket.objects.create(
                unit_id=unit_id,
                on=day,
                purpose=purpose,
                number=take_number(series(unit_id, day.isoformat(), purpose)),
                is_priority=is_priority,
                taken_at=at,
                request_key=key,
            )
            _note(ticket, "take", by, at)
    except IntegrityError:
        return Ticket.objects.get(request_key=key)
    return ticket


@transaction.atomic
def call_next(
    *,
    unit_id: int,
    window: str,
    by: Actor,
    at: datetime,
    seen: int | None = None,
    purposes: Collection[str] = tuple(Purpose),
) -> Ticket | None:
    """Call who waits longest, priority first, to this window; whoever stood there is served. None when nobody waits.

    Two windows that call at once get two numbers: each takes a row that no other transaction holds. ``seen`` is the
    ticket that the caller's page showed at the window, 0 for none: when another stands there by now, as after a second
    press, that one is the answer. Raises Refusal ``queueing.window`` without a window."""
    _ask(by, unit_id)
    place = _window(window)
    day = timezone.localtime(at).date()
    standing = _standing(unit_id, day, place)
    if seen is not None and standing is not None and standing.pk != seen:
        return standing
    if standing is not None:
        _serve(standing, by, at)
    waiting = Ticket.objects.filter(unit_id=unit_id, on=day, state=State.WAITING, purpose__in=list(purposes))
    ticket = waiting.select_for_update(skip_locked=True).order_by("-is_priority", "id").first()
    if ticket is not None:
        _call(ticket, place, by, at)
    return ticket


def _window(text: str) -> str:
    place = " ".join(text.split())
    if not place or len(place) > LONGEST_WINDOW:
        raise Refusal("queueing.window", "Nhập tên quầy của bạn, ví dụ Quầy 3.", field="window")
    return place


def _standing(unit_id: int, day: date, place: str) -> Ticket | None:
    """Who stands at the window; nobody else changes that until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(hashtextextended(%s, 11))", [f"{unit_id}/{day}/{place}"])
    rows = Ticket.objects.select_for_update().filter(unit_id=unit_id, on=day)
    return rows.filter(window=place, state=State.CALLED).first()


def _call(ticket: Ticket, place: str, by: Actor, at: datetime) -> None:
    ticket.state, ticket.window, ticket.called_by_id = State.CALLED, place, by.account_id
    ticket.called_at, ticket.last_called_at = ticket.called_at or at, at
    ticket.calls += 1
    ticket.save(update_fields=["state", "window", "called_by", "called_at", "last_called_at", "calls"])
    _note(ticket, "call", by, at, window=place, waited=_minutes(ticket.taken_at, ticket.called_at))


def _serve(ticket: Ticket, by: Actor, at: datetime) -> None:
    ticket.state, ticket.done_at = State.SERVED, at
    ticket.save(update_fields=["state", "done_at"])
    _note(ticket, "finish", by, at, served=_minutes(ticket.last_called_at or at, at))


def _minutes(begin: datetime, end: datetime) -> int:
    return max(0, round((end - begin).total_seconds() / 60))


def _locked(ticket_id: int, by: Actor, *states: State) -> Ticket:
    ticket = Ticket.objects.select_for_update().filter(pk=ticket_id).first()
    if ticket is None or not by.may(Permission.CALL, ticket.unit_id):
        raise NotFound
    if ticket.state not in states:
        raise Refusal("queueing.not_at_window", f"Số {ticket.label} không còn ở trạng thái này. Tải lại trang.")
    return ticket


@transaction.atomic
def call_again(*, ticket_id: int, by: Actor, at: datetime) -> Ticket:
    """Call the number at the window once more: it stands out on the screen again."""
    ticket = _locked(ticket_id, by, State.CALLED)
    ticket.last_called_at, ticket.calls = at, ticket.calls + 1
    ticket.save(update_fields=["last_called_at", "calls"])
    _note(ticket, "call_again", by, at)
    return ticket


@transaction.atomic
def mark_absent(*, ticket_id: int, by: Actor, at: datetime) -> Ticket:
    """Nobody came; the number may be called again when its holder turns up."""
    ticket = _locked(ticket_id, by, State.CALLED)
    ticket.state = State.ABSENT
    ticket.save(update_fields=["state"])
    _note(ticket, "absent", by, at)
    return ticket


@transaction.atomic
def call_absent(*, ticket_id: int, window: str, by: Actor, at: datetime) -> Ticket:
    """Who was absent has turned up: called to this window out of turn; whoever stood there is served."""
    ticket = _locked(ticket_id, by, State.ABSENT)
    place = _window(window)
    standing = _standing(ticket.unit_id, ticket.on, place)
    if standing is not None:
        _serve(standing, by, at)
    _call(ticket, place, by, at)
    return ticket


@transaction.atomic
def finish(*, ticket_id: int, by: Actor, at: datetime) -> Ticket:
    """The holder is served and the window stands empty."""
    ticket = _locked(ticket_id, by, State.CALLED)
    _serve(ticket, by, at)
    return ticket


@transaction.atomic
def open_kiosk(*, unit_id: int, by: Actor, at: datetime) -> Kiosk:
    """A new address for the shop's ticket machine; the one before it stops working."""
    _ask(by, unit_id, Permission.MANAGE)
    if by.account_id is None:
        raise NotAllowed
    kiosk, _ = Kiosk.objects.update_or_create(
        unit_id=unit_id, defaults={"token": uuid.uuid4(), "opened_at": at, "opened_by_id": by.account_id}
    )
    said = {"unit": tree().nodes[unit_id].name}
    note(subject=f"kiosk/{unit_id}", verb="queueing.open_kiosk", by=by, at=at, data=said)
    return kiosk
