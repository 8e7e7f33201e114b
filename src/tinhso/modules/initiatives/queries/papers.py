"""The certificate of a recognised initiative as PDF."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from tinhso.kernel.papers.letterheads import provincial
from tinhso.kernel.papers.typesetting import typeset
from tinhso.modules.initiatives.models import Author, Initiative

FORM = Path(__file__).resolve().parents[1] / "seeds" / "forms" / "certificate.typ"


def certificate(initiative: Initiative, author: Author) -> bytes:
    """One author's certificate; the same author gives the same bytes."""
    day = initiative.decided_on or timezone.localdate()
    data = {
        **provincial(day, number=initiative.decision_number, demonstration=initiative.is_demonstration),
        "title": "Giấy chứng nhận sáng kiến",
        "holder": author.name,
        "initiative": initiative.title,
        "share": str(author.share),
        "effect": initiative.effect_note,
        "code": initiative.case.number,
        "qr_url": f"{settings.BASE_URL}{reverse('initiatives:public', args=[initiative.case.number])}",
    }
    return typeset(FORM, data, at=timezone.localtime(initiative.decided_at))
