"""A morning at a one-stop shop: tickets taken, called and waiting; clerks may call. Invented, the same for a seed."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from random import Random
from typing import Any

from django.utils import timezone

from tinhso.kernel.cases.models import NumberSeries
from tinhso.kernel.people.models import Account, Grant
from tinhso.modules.queueing.models import Kiosk, Ticket
from tinhso.modules.queueing.rules import Purpose, State, series

DAYS, A_DAY, WAITING = 5, 40, 7
CALLER, MANAGER = "queueing.caller", "queueing.manager"


def demo(at: datetime | None = None, seed: int = 1, **_more: Any) -> None:
    """Let the demonstration's clerks call, and give their shop a week of tickets; asked again nothing changes."""
    if Ticket.objects.exists():
        return
    now = at or timezone.now()
    today = timezone.localdate(now)
    clerks = Account.objects.filter(is_demonstration=True, grants__role__in=["dossiers.clerk", "dossiers.director"])
    shop = None
    for account in clerks.distinct().order_by("pk"):
        place = account.positions.filter(is_main=True).first()
        if place is None:
            continue
        role = MANAGER if account.grants.filter(role="dossiers.director").exists() else CALLER
        Grant.objects.get_or_create(
            account=account, role=role, unit_id=place.unit_id, ends_on=None, defaults={"begins_on": today}
        )
        if account.username == "canbo.motcua":
            shop = (place.unit_id, account)
    if shop is not None:
        _fill(*shop, now, Random(seed))  # noqa: S311 - chance that can be repeated is meant


def _fill(unit_id: int, clerk: Account, now: datetime, chance: Random) -> None:
    Kiosk.objects.create(unit_id=unit_id, opened_at=now, opened_by=clerk)
    made: list[Ticket] = []
    for back in range(DAYS, -1, -1):
        day = timezone.localdate(now) - timedelta(days=back)
        begin = timezone.make_aware(datetime.combine(day, time(7, 30)))
        if back == 0:  # until now, whatever the hour
            begin = max(now - timedelta(minutes=5 * A_DAY), timezone.make_aware(datetime.combine(day, time())))
        numbers = dict.fromkeys(Purpose, 0)
        for index in range(A_DAY):
            purpose = chance.choices(list(Purpose), (6, 3, 2))[0]
            numbers[purpose] += 1
            taken = min(now, begin + timedelta(minutes=index * 5 + chance.randrange(5)))
            made.append(_ticket(unit_id, clerk, purpose, numbers[purpose], taken, chance))
        if back == 0:
            _leave_waiting(made[-WAITING:])
        for purpose, last in numbers.items():
            name = series(unit_id, day.isoformat(), purpose)
            NumberSeries.objects.get_or_create(series=name, defaults={"last": last})
    Ticket.objects.bulk_create(made)


def _ticket(unit_id: int, clerk: Account, purpose: Purpose, number: int, taken: datetime, chance: Random) -> Ticket:
    called = taken + timedelta(minutes=chance.randrange(1, 22))
    is_absent = chance.random() < 0.06
    day = timezone.localdate(taken)
    return Ticket(
        unit_id=unit_id,
        on=day,
        purpose=purpose,
        number=number,
        is_priority=chance.random() < 0.1,
        state=State.ABSENT if is_absent else State.SERVED,
        window=f"Quầy {chance.randrange(1, 4)}",
        taken_at=taken,
        called_at=called,
        last_called_at=called,
        calls=2 if is_absent else 1,
        done_at=None if is_absent else called + timedelta(minutes=chance.randrange(3, 14)),
        called_by=clerk,
        request_key=f"demo/{unit_id}/{day:%Y%m%d}/{purpose}/{number}",
    )


def _leave_waiting(last: list[Ticket]) -> None:
    """Two at their windows, the others waiting."""
    for index, ticket in enumerate(last):
        ticket.done_at = None
        if index < 2:
            ticket.state, ticket.window = State.CALLED, f"Quầy {index + 1}"
        else:
            ticket.state, ticket.window, ticket.calls = State.WAITING, "", 0
            ticket.called_at = ticket.last_called_at = ticket.called_by = None
