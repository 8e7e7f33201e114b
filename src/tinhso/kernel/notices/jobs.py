"""Carrying notices outside in the background, and taking up messages whose job was lost."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from tinhso.kernel.notices import actions, carriers
from tinhso.kernel.notices.models import Delivery
from tinhso.kernel.notices.rules import MAX_ATTEMPTS, OPEN, NotCarried, Sending

# 4, 16, 64 … seconds: eight tries within six hours. The row counts the tries; the job may be repeated more often.
AGAIN = RetryStrategy(max_attempts=MAX_ATTEMPTS + 4, exponential_wait=4)


class NotSent(Exception):
    """The message did not go out this time; the job is to be repeated."""


@app.task(name="notices.deliver", queue="notices", retry=AGAIN)
def deliver(delivery_id: int) -> None:
    """Send one message. Repeatable: a message that went out is not sent again."""
    if actions.send(delivery_id=delivery_id, at=timezone.now()) is Sending.FAILED:
        raise NotSent(f"delivery {delivery_id}")


@app.task(name="notices.text", queue="notices", retry=AGAIN)
def text(to: str, text: str, reference: str) -> None:
    """Send one text message. Repeatable: the gateway knows it by its reference. Given up when it never will go."""
    gateway = carriers.gateway()
    if gateway is None:
        return
    try:
        gateway.send(to=to, text=text, reference=reference)
    except NotCarried as problem:
        if not problem.is_final:
            raise NotSent(reference) from problem


@app.task(name="notices.mail", queue="notices", retry=AGAIN)
def mail(to: str, title: str, body: str, reference: str) -> None:
    """Send one mail to an address without an account. Given up when the server says that it will never do."""
    try:
        carriers.send_plainly(to=to, title=title, body=body, reference=reference)
    except NotCarried as problem:
        if not problem.is_final:
            raise NotSent(reference) from problem


@app.periodic(cron="41 * * * *", periodic_id="notices.take_up")
@app.task(name="notices.take_up", queue="notices", queueing_lock="notices.take_up", retry=AGAIN)
def take_up(timestamp: int) -> None:
    """Queue messages again that still wait a day after they were written, such as those of a restored backup."""
    before = timezone.now() - timedelta(days=1)
    for pk in Delivery.objects.filter(state__in=OPEN, notice__created_at__lt=before).values_list("pk", flat=True)[:500]:
        deliver.defer(delivery_id=pk)
