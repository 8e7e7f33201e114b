"""Finding the small copy of what is shown large."""

from __future__ import annotations

from collections.abc import Iterable

from tinhso.kernel.pictures.models import Shown


def small_of(large_ids: Iterable[int]) -> dict[int, int]:
    """For attachments that are large copies: the attachment of the small one. One statement."""
    return dict(Shown.objects.filter(large_id__in=list(large_ids)).values_list("large_id", "small_id"))
