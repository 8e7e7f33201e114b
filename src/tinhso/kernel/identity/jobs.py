"""Officials who left a post yesterday are signed out: their session knew rights they no longer have."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from allauth.usersessions.models import UserSession
from django.utils import timezone
from procrastinate.contrib.django import app

from tinhso.kernel.people.models import Position

LOOKED_BACK = timedelta(days=7)  # so that missed nights do no harm


@app.periodic(cron="7 0 * * *", periodic_id="identity.left")
@app.task(name="identity.left", queueing_lock="identity.left", retry=3)
def end_sessions_of_who_left(timestamp: int) -> None:
    """Each night."""
    end_sessions(timezone.now())


def end_sessions(at: datetime) -> int:
    """End sessions begun before a post ended that has ended since; how many. Repeatable: later ones are left alone."""
    today = timezone.localdate(at)
    ended = Position.objects.filter(ends_on__lt=today, ends_on__gte=today - LOOKED_BACK)
    count = 0
    for account_id, ends_on in ended.values_list("account_id", "ends_on"):
        assert ends_on is not None
        after = timezone.make_aware(datetime.combine(ends_on + timedelta(days=1), time()))
        for session in UserSession.objects.filter(user_id=account_id, created_at__lt=after):
            session.end()
            count += 1
    return count
