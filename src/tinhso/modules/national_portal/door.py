"""What other modules may ask about the link with the national portal."""

from __future__ import annotations

from collections.abc import Collection

from tinhso.modules.national_portal.models import Outgoing

__all__ = ["acknowledged"]


def acknowledged(case_ids: Collection[int]) -> frozenset[int]:
    """Which of these dossiers the portal has confirmed at least once; one statement."""
    rows = Outgoing.objects.filter(case_id__in=list(case_ids), acknowledged_version__gt=0)
    return frozenset(rows.values_list("case_id", flat=True))
