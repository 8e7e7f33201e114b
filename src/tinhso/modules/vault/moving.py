"""What becomes of shared papers and scans when units change."""

from __future__ import annotations

from django.db.models import Q
from django.db.models.functions import Now

from tinhso.kernel.reorganisation.declarations import Mover, OfCase, Rows, Stays
from tinhso.modules.vault.models import Scan, Share, Use

MOVERS: tuple[Mover, ...] = (
    Rows(
        "vault.share", "Giấy tờ đang được chia sẻ với đơn vị", Share,
        active=Q(unit__isnull=False, revoked_at__isnull=True, ends_at__gt=Now()),
    ),
    OfCase("vault.scan", "Bản quét đang làm", Scan, active=~Q(state__in=("dropped", "signed")), is_received=True),
    Stays(Use, "unit", "đơn vị đã dùng giấy tờ hôm đó"),
)  # fmt: skip
