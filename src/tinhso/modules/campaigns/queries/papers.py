"""A certificate as PDF, and a campaign's open data."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from tinhso.kernel.papers.letterheads import provincial
from tinhso.kernel.papers.typesetting import typeset
from tinhso.modules.campaigns.models import Award, Campaign
from tinhso.modules.campaigns.queries.boards import unit_name

FORM = Path(__file__).resolve().parents[1] / "seeds" / "forms" / "certificate.typ"


def certificate(award: Award) -> bytes:
    """The certificate of an award that was granted and decided; the same award gives the same bytes."""
    campaign = award.entrant.campaign
    day = campaign.decided_on or timezone.localdate()
    data = {
        **provincial(day, number=campaign.decision_number, demonstration=campaign.is_demonstration),
        "title": "Giấy chứng nhận",
        "holder": unit_name(award.entrant.unit_id),
        "prize": award.prize_name,
        "campaign": campaign.name,
        "rank": str(award.entrant.place or ""),
        "group": award.entrant.group,
        "own_number": str(award.number or ""),
        "qr_url": f"{settings.BASE_URL}{reverse('campaigns:result', args=[campaign.code])}",
        "code": campaign.code,
    }
    return typeset(FORM, data, at=timezone.localtime(campaign.decided_at))


def table(campaign: Campaign) -> list[list[str]]:
    """The frozen places as rows: group, place, unit, value, award."""
    granted = {
        one.entrant.unit_id: one.prize_name
        for one in Award.objects.filter(entrant__campaign=campaign, state="granted").select_related("entrant")
    }
    rows = sorted((campaign.bundle or {})["units"], key=lambda one: (one["group"], one["place"] or 10**9, one["code"]))
    return [
        [
            one["group"],
            str(one["place"] or ""),
            one["code"],
            one["name"],
            one["value"] or "",
            granted.get(one["id"], ""),
        ]
        for one in rows
    ]
