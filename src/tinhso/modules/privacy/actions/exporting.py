"""A person's own data in one file: asked for, made by a job, thrown away after some days."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction

from tinhso.kernel.errors import NotAllowed, NotFound, Refusal
from tinhso.kernel.files import actions as files
from tinhso.kernel.files.models import Attachment
from tinhso.kernel.journal.actions import note
from tinhso.kernel.people.rules import Actor
from tinhso.modules.privacy.actions.schedules import in_force
from tinhso.modules.privacy.models import Export

NAME = "du-lieu-cua-toi.zip"
A_DAY = 3


@transaction.atomic
def ask(*, by: Actor, at: datetime) -> Export:
    """Have it made; one at a time, a few a day. Raises NotAllowed, Refusal ``privacy.export_waits``, ``…_often``."""
    if by.account_id is None or by.is_official:
        raise NotAllowed
    if Export.objects.filter(account_id=by.account_id, asked_at__gt=at - timedelta(days=1)).count() >= A_DAY:
        raise Refusal("privacy.export_often", "Hôm nay bạn đã tạo ba bản. Ngày mai tạo tiếp được.")
    try:
        with transaction.atomic():
            made = Export.objects.create(account_id=by.account_id, asked_at=at)
    except IntegrityError:
        raise Refusal("privacy.export_waits", "Bản trước đang được tạo. Đợi ít phút rồi tải lại trang.") from None
    note(subject=f"account/{by.account_id}", verb="privacy.export", by=by, at=at, data={"export": made.pk})
    return made


@transaction.atomic
def keep(*, export_id: int, stream: Any, size: int, at: datetime) -> Export:
    """Put the made file in place, for as long as the schedule says."""
    found = Export.objects.select_for_update(of=("self",)).get(pk=export_id)
    if found.state != Export.State.WAITING:
        return found
    found.attachment = files.store_stream(stream, size=size, name=NAME, purpose="privacy.export")
    found.state, found.ready_at = Export.State.READY, at
    found.expires_at = at + timedelta(days=in_force(at)[1].export_days)
    found.save()
    return found


def failed(*, export_id: int) -> None:
    """It could not be made; the person may ask again."""
    Export.objects.filter(pk=export_id, state=Export.State.WAITING).update(state=Export.State.FAILED)


@transaction.atomic
def take(*, token: Any, by: Actor, at: datetime) -> Attachment:
    """The file, for its owner until it expires; noted. Raises NotFound."""
    mine = Export.objects.filter(account_id=by.account_id or 0).select_related("attachment__blob")
    found = mine.filter(token=token).first()
    if found is None or found.attachment is None or found.expires_at is None or found.expires_at <= at:
        raise NotFound("privacy.no_export", "Bản tải này đã hết hạn. Tạo bản mới ở trang Dữ liệu của tôi.")
    note(subject=f"account/{by.account_id}", verb="privacy.download", by=by, at=at, data={})
    return found.attachment


@transaction.atomic
def throw_away(*, at: datetime, most: int = 500) -> int:
    """Files whose days are over; returns how many."""
    over = Export.objects.filter(expires_at__lte=at, attachment__isnull=False)
    rows = list(over.select_for_update(of=("self",), skip_locked=True)[:most])
    used = [one.attachment_id for one in rows if one.attachment_id]
    Export.objects.filter(pk__in=[one.pk for one in rows]).update(attachment=None, state=Export.State.GONE)
    files.let_go(used)
    return len(rows)
