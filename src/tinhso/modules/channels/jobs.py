"""What happens behind a line: answers are found and sent, tokens renewed before they end, what failed tried again."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from procrastinate.contrib.django import app

from tinhso.kernel.journal.jobs import AGAIN
from tinhso.modules.channels.actions import answering, mailbox, sending, tokens, wire, zns
from tinhso.modules.channels.models import Line, Template
from tinhso.modules.channels.rules import Kind, Sending


@app.task(name="channels.answer", retry=AGAIN)
def answer(received_id: int) -> None:
    """Answer one message and send what is said, part after part."""
    for sent_id in answering.answer(received_id=received_id, at=timezone.now()):
        sending.send(sent_id=sent_id, at=timezone.now())


@app.task(name="channels.send", retry=AGAIN)
def send(sent_id: int) -> None:
    """Send one message; what the operator does not take now is tried again every minute."""
    sending.send(sent_id=sent_id, at=timezone.now())


@app.periodic(cron="* * * * *")
@app.task(name="channels.again", queueing_lock="channels.again", lock="channels.again")
def again(timestamp: int) -> None:
    """Try once more what operators did not take. A line that takes nothing now is left alone until the next minute."""
    stuck: set[int] = set()
    for sent_id, line_id in sending.waiting(timezone.now()):
        if line_id not in stuck and sending.send(sent_id=sent_id, at=timezone.now()) == Sending.FAILED:
            stuck.add(line_id)


@app.periodic(cron="* * * * *", periodic_id="channels.fetch")
@app.task(name="channels.fetch", queueing_lock="channels.fetch", lock="channels.fetch")
def fetch(timestamp: int) -> None:
    """Look into the mailboxes of all open lines; what is wrong with one stands on the list of lines."""
    for line in Line.objects.filter(kind=Kind.MAIL, is_open=True):
        problem = ""
        try:
            mailbox.fetch(line=line, at=timezone.now())
        except wire.NotTaken as no:
            problem = str(no)[:300]
        if problem != line.problem:
            Line.objects.filter(pk=line.pk).update(problem=problem)


@app.periodic(cron="7 * * * *")
@app.task(name="channels.renew", queueing_lock="channels.renew", lock="channels.renew")
def renew(timestamp: int) -> None:
    """Renew tokens that are old, also of lines on which nobody writes: an unused one ends after three months."""
    for line in Line.objects.filter(kind=Kind.ZALO, is_open=True).exclude(refresh_token=""):
        if tokens.is_old(line, timezone.now()):
            _renew(line)


@app.periodic(cron="23 */6 * * *", periodic_id="channels.templates")
@app.task(name="channels.templates", queueing_lock="channels.templates")
def templates(timestamp: int) -> None:
    """Ask operators what they say of the templates in use: an approval can be given, and taken back."""
    for one in Template.objects.filter(is_used=True, line__is_open=True).select_related("line")[:500]:
        try:
            zns.ask(template=one, at=timezone.now())
        except wire.NotTaken:
            continue


def _renew(line: Line) -> Any:
    try:
        return tokens.current(line_id=line.pk, at=timezone.now())
    except wire.NotTaken as no:
        Line.objects.filter(pk=line.pk).update(problem=str(no)[:300])
        return None
