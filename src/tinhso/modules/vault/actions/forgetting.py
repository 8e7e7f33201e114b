"""What ends when its time is over: raw pictures of scans, shares and uses long past; and papers their owner lets go."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from tinhso.kernel.files import actions as files
from tinhso.kernel.manifest import Fate, Retained, Spared, Subject
from tinhso.modules.vault.models import Certification, Item, ScanFile, Share, Use
from tinhso.modules.vault.rules import ScanState


def _pictures_due(before: datetime, spared: Spared) -> Any:
    done = (ScanState.SIGNED, ScanState.DROPPED)
    rows = ScanFile.objects.filter(scan__state__in=done, scan__brought_at__lt=before)
    return spared.leave_out(rows, case="scan__case_id")


def _end_pictures(ids: Sequence[int], **_more: Any) -> None:
    rows = ScanFile.objects.filter(pk__in=ids)
    used = list(rows.values_list("attachment_id", flat=True))
    rows.delete()
    files.let_go(used)


def _shares_due(before: datetime, spared: Spared) -> Any:
    """Shares that ended; who opened one of them goes with it."""
    return spared.leave_out(Share.objects.filter(ends_at__lt=before), person="item__person_id")


def _end_shares(ids: Sequence[int], **_more: Any) -> None:
    Share.objects.filter(pk__in=ids).delete()


def _uses_due(before: datetime, spared: Spared) -> Any:
    rows = Use.objects.filter(at__lt=before)
    return spared.leave_out(rows, case="case_id", person="item__person_id")


def _end_uses(ids: Sequence[int], **_more: Any) -> None:
    Use.objects.filter(pk__in=ids).delete()


RETAINED = (
    Retained("vault.pictures", "Ảnh gốc của bản đã số hóa", "ngày đưa vào", Fate.DESTROY, _pictures_due, _end_pictures),
    Retained("vault.shares", "Lượt chia sẻ giấy tờ đã hết hạn", "ngày hết hạn", Fate.DESTROY, _shares_due, _end_shares),
    Retained("vault.uses", "Nhật ký dùng giấy tờ trong kho", "ngày dùng", Fate.DESTROY, _uses_due, _end_uses),
)


def erase_items(subject: Subject, **_more: Any) -> int:
    """Papers that the person brought in themselves. Results and certified copies are the state's records and stay."""
    rows = Item.objects.filter(person_id=subject.person_id or 0, origin=Item.Origin.PAPER)
    free = rows.exclude(pk__in=Certification.objects.exclude(item=None).values("item_id"))
    free = free.exclude(pk__in=Item.objects.exclude(replaces=None).values("replaces_id"))
    ids = list(free.values_list("pk", flat=True))
    used = list(free.values_list("attachment_id", flat=True))
    Item.objects.filter(pk__in=ids).delete()
    files.let_go(used)
    return len(ids)
