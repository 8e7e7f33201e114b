"""Bringing a picture into the store, with what it says of place and time."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from tinhso.kernel.errors import Refusal
from tinhso.kernel.files import actions as files
from tinhso.kernel.files.models import Attachment
from tinhso.kernel.files.queries import open_attachment
from tinhso.kernel.files.rules import PDF
from tinhso.kernel.pictures import opening
from tinhso.modules.field_reports.actions.filing import NewPhoto

PURPOSE = "field_reports.photo"


def take_photo(upload: Any, *, by_account_id: int | None, at: datetime, documents: bool = False) -> NewPhoto:
    """Keep an uploaded picture, or with ``documents`` a PDF too. Raises Refusal ``files.*`` or ``pictures.*``."""
    allowed = opening.ALLOWED | {PDF} if documents else opening.ALLOWED
    try:
        kept = files.store(upload, name=upload.name or "anh.jpg", by_account_id=by_account_id, purpose=PURPOSE,
                           allowed=frozenset(allowed))  # fmt: skip
        return NewPhoto(kept) if kept.blob.media_type == PDF else seen_in(kept, at=at)
    except Refusal as no:
        no.field = "photos"  # as the forms call it
        raise


def seen_in(kept: Attachment, *, at: datetime) -> NewPhoto:
    """A stored picture with what it says of place and time. Raises Refusal ``pictures.*``."""
    with open_attachment(kept) as stream:
        seen = opening.look(stream, name=kept.name, at=at)
    return NewPhoto(kept, seen.latitude, seen.longitude, seen.taken_at, seen.fingerprint)
