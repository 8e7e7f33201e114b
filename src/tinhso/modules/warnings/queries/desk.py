"""What officials work on: their unit's warnings, newest first, each with its latest bulletin."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Prefetch

from tinhso.kernel.journal.models import Entry
from tinhso.kernel.journal.queries import sentence
from tinhso.kernel.people.rules import Actor
from tinhso.modules.warnings.models import Bulletin, Warning

PAGE = 30


def page(actor: Actor, before: int | None) -> tuple[list[Warning], int | None]:
    """Warnings with ``latest``, and the key of older ones: two statements."""
    rows = Warning.objects.visible_to(actor).select_related("unit").order_by("-pk")
    rows = rows.filter(pk__lt=before) if before else rows
    newest = Prefetch("bulletins", Bulletin.objects.order_by("-number"))
    got = list(rows.prefetch_related(newest)[: PAGE + 1])
    return got[:PAGE], got[PAGE - 1].pk if len(got) > PAGE else None


def one(actor: Actor, code: str) -> Warning | None:
    return Warning.objects.visible_to(actor).select_related("unit").filter(code=code).first()


def bulletins(warning: Warning) -> list[Bulletin]:
    """All that was written of a warning, newest first, with its places, people and how far it was told."""
    rows = warning.bulletins.select_related("written_by", "approved_by").order_by("-number")
    return list(rows.prefetch_related("areas", "spreadings")[:50])


def history(warning: Warning) -> list[tuple[str, datetime]]:
    """What was done, newest first, in sentences."""
    rows = Entry.objects.filter(subject=f"warnings/{warning.pk}").order_by("-seq")[:50]
    return [(sentence(one), one.at) for one in rows]
