"""Who holds a campaign follows; places and awards speak of the unit that earned them."""

from __future__ import annotations

from django.db.models import Q

from tinhso.kernel.reorganisation.declarations import Mover, Rows, Stays
from tinhso.modules.campaigns.models import Campaign, Entrant
from tinhso.modules.campaigns.rules.words import CampaignState

MOVERS: tuple[Mover, ...] = (
    Rows("campaigns.campaign", "Phong trào thi đua chưa công bố", Campaign, active=~Q(state=CampaignState.DECIDED)),
    Stays(Entrant, "unit", "thành tích thuộc đơn vị tham gia trong kỳ đó"),
)
