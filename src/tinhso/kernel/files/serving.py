"""Handing a file to a browser in a way that cannot hurt its reader."""

from __future__ import annotations

from django.http import FileResponse

from tinhso.kernel.files import rules
from tinhso.kernel.files.models import Attachment
from tinhso.kernel.files.queries import open_attachment

_LOCKED = "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:; frame-ancestors 'self'"


def response(attachment: Attachment, *, inline: bool = False) -> FileResponse:
    """The file as an answer; whether the reader may have it was asked before, by the page that shows it.

    Shown inside the browser only when asked for and harmless (PDF, pictures), else saved under its own name
    (RFC 5987, any script). The browser may not guess another type, run anything in it, or keep it after it was shown.
    """
    blob = attachment.blob
    shown = inline and blob.media_type in rules.SHOWN_INLINE
    answer = FileResponse(
        open_attachment(attachment), as_attachment=not shown, filename=attachment.name, content_type=blob.media_type
    )
    answer["Content-Length"] = str(blob.size)
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Content-Security-Policy"] = _LOCKED if shown and blob.media_type == rules.PDF else f"{_LOCKED}; sandbox"
    answer["Cache-Control"] = "private, no-store"
    answer["Cross-Origin-Resource-Policy"] = "same-origin"
    answer["ETag"] = f'"{blob.sha256}"'
    return answer
