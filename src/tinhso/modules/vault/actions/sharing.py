"""Sharing by consent: to a unit, or by a link whose code is told apart from it; until a day; taken back at any time."""

from __future__ import annotations

import secrets
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac

from tinhso.kernel.errors import NotAllowed, NotFound, Refusal
from tinhso.kernel.journal.actions import note
from tinhso.kernel.manifest import Subject
from tinhso.kernel.people.rules import NOBODY, Actor
from tinhso.kernel.units.queries import tree
from tinhso.modules.vault import rules
from tinhso.modules.vault.models import Item, Share, Use

MOST_LIVE = 20
SOMEBODY = replace(NOBODY, name="Người có liên kết và mã")


def _hash(token: str, code: str) -> str:
    """What is kept of a code: useless without the deployment's secret."""
    return salted_hmac("vault.share", f"{token}/{code}", algorithm="sha256").hexdigest()


@transaction.atomic
def share_item(
    *, token: UUID, purpose: str, days: int, by: Actor, at: datetime, unit_id: int | None = None
) -> tuple[Share, str]:
    """Let a unit, or who has the link and the code, see a paper for so many days; the code is returned only here."""
    item = Item.objects.owned_by(by).filter(token=token).select_for_update(of=("self",)).first()
    if item is None:
        raise NotFound("vault.no_item", "Không tìm thấy giấy tờ này trong kho của bạn.")
    if not 1 <= days <= rules.LONGEST_SHARE_DAYS:
        raise Refusal("vault.share_days", f"Chọn số ngày chia sẻ từ 1 đến {rules.LONGEST_SHARE_DAYS}.", field="days")
    if len(purpose.strip()) < 5:
        raise Refusal("vault.share_purpose", "Ghi chia sẻ để làm gì, ví dụ: vay vốn ngân hàng.", field="purpose")
    if unit_id is not None and unit_id not in tree().nodes:
        raise Refusal("vault.share_unit", "Chọn đơn vị nhận trong danh sách.", field="unit")
    if item.shares.live().count() >= MOST_LIVE:
        raise Refusal("vault.too_many_shares", "Giấy tờ này đang được chia sẻ quá nhiều. Thu lại bớt rồi thử lại.")
    code, secret = "" if unit_id is not None else rules.new_share_code(), secrets.token_urlsafe(18)
    share = Share.objects.create(
        item=item,
        token=secret,
        code_hash=_hash(secret, code) if code else "",
        unit_id=unit_id,
        purpose=purpose.strip()[:200],
        given_by_id=by.account_id or 0,
        given_at=at,
        ends_at=at + timedelta(days=days),
    )
    to = tree().nodes[unit_id].name if unit_id is not None else "người có liên kết và mã"
    until = f"{timezone.localtime(share.ends_at):%d/%m/%Y}"
    data = {"to": to, "until": until, "purpose": share.purpose}
    note(subject=f"vault/{item.token}", verb="vault.share", by=by, at=at, data=data)
    return share, code


@transaction.atomic
def end_share(*, share_id: int, by: Actor, at: datetime) -> Share:
    """Take a consent back; from now on nobody sees the paper by it. Twice changes nothing."""
    share = Share.objects.select_related("item").select_for_update(of=("self",)).filter(pk=share_id).first()
    if share is None or not Item.objects.owned_by(by).filter(pk=share.item_id).exists():
        raise NotFound("vault.no_share", "Không tìm thấy lần chia sẻ này.")
    if share.revoked_at is None:
        share.revoked_at = at
        share.save(update_fields=["revoked_at"])
        note(subject=f"vault/{share.item.token}", verb="vault.end_share", by=by, at=at, data={})
    return share


def end_shares_of(subject: Subject, *, by: Actor, at: datetime) -> None:
    """Take back every share of one's own papers, such as when one closes the account; a business's shares stay."""
    own = Item.objects.owned_by(by).filter(person_id=subject.person_id or 0)
    mine = Share.objects.live().filter(item__in=own)
    for share_id in mine.order_by("pk").values_list("pk", flat=True):
        end_share(share_id=share_id, by=by, at=at)


def open_share(*, token: str, code: str, at: datetime) -> Share | None:
    """The share when link and code are right and it still holds; None for anything else, after the same work.

    A few wrong codes lock the link for good. Each opening is remembered, once a day with how often."""
    with transaction.atomic():
        rows = Share.objects.select_related("item").select_for_update(of=("self",))
        share = rows.live().filter(token=token[:32], unit__isnull=True).first()
        is_right = constant_time_compare(_hash(token[:32], code), share.code_hash if share else "-")
        if share is None:
            return None
        if not is_right:
            _count_wrong(share, at)
            return None
        _note_use(share, SOMEBODY, Use.How.OPENED, at)
        return share


def _count_wrong(share: Share, at: datetime) -> None:
    share.wrong_codes += 1
    if share.wrong_codes >= rules.MOST_TRIES:
        share.locked_at = at
    share.save(update_fields=["wrong_codes", "locked_at"])


@transaction.atomic
def note_seen(*, item_id: int, by: Actor, at: datetime) -> None:
    """An official saw a paper that is shared with their unit; nothing to note when it is not by a share."""
    if by.account_id is None:
        raise NotAllowed
    share = Share.objects.live().to_unit_of(by).filter(item_id=item_id).order_by("-pk").first()
    if share is not None:
        _note_use(share, by, Use.How.SEEN, at)


def _note_use(share: Share, by: Actor, how: str, at: datetime) -> None:
    """Once a day and person; the first of a day is told to the owner by a follower."""
    on = timezone.localtime(at).date()
    whose = {"account_id": by.account_id} if by.account_id is not None else {"account": None}
    row, is_new = Use.objects.get_or_create(
        share=share, on=on, **whose,
        defaults={"item_id": share.item_id, "how": how, "at": at, "who": by.name[:160], "unit_id": by.unit_id},
    )  # fmt: skip
    if is_new:
        note(subject=f"vault/{share.item.token}", verb="vault.open_share", by=by, at=at, data={"share": share.pk})
    else:
        Use.objects.filter(pk=row.pk).update(times=F("times") + 1, at=at)
