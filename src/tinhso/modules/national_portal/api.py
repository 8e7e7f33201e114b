"""The portal's own way in: it delivers messages here and fetches files, with a key that may do nothing else."""

from __future__ import annotations

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import timezone
from ninja import Router, Schema

from tinhso.kernel.api.auth import SIGNED_IN
from tinhso.kernel.api.responses import fast
from tinhso.kernel.errors import NotAllowed, NotFound
from tinhso.kernel.files import serving
from tinhso.kernel.files.models import Attachment
from tinhso.modules.national_portal.actions import incoming
from tinhso.modules.national_portal.actions.waking import RECEIVE, wake
from tinhso.modules.national_portal.queries.deployment import deployment
from tinhso.modules.national_portal.queries.pictures import attachment_of
from tinhso.modules.national_portal.rules import Permission, reading

name = "national-portal"
router = Router()
SENT = ("dossiers.component", "dossiers.result")  # purposes of the files whose addresses are told


class PortalAnswer(Schema):
    """``error_code`` "0" is success, as on the portal."""

    error_code: str
    message: str


def _ask(request: HttpRequest) -> None:
    if not request.actor.may(Permission.DELIVER):  # type: ignore[attr-defined]
        raise NotAllowed


@router.post(
    "/dossiers",
    auth=SIGNED_IN,
    response=PortalAnswer,
    summary="Cổng DVCQG gửi hồ sơ, bổ sung, rút hồ sơ",
    operation_id="national_portal_deliver",
)
def deliver(request: HttpRequest) -> HttpResponseBase:
    """Keep one message or a list of them; success once they are kept, what is made of them comes after.

    Messages name themselves (by MaHoSo), so that a repeat needs no key of its own."""
    _ask(request)
    found = reading.envelopes(request.body, deployment().theirs_to_ours)
    new = incoming.keep(found, timezone.now())
    if new:
        wake(RECEIVE)
    wrong = next((one.problem for one in found if one.problem), "")
    if wrong:
        return fast({"error_code": "1", "message": wrong})
    return fast({"error_code": "0", "message": f"Đã nhận {len(found)} bản tin, {new} bản tin mới."})


deliver.is_idempotent = True  # type: ignore[attr-defined]


@router.get(
    "/files/{signed}", auth=SIGNED_IN, summary="Cổng DVCQG tải tệp của hồ sơ", operation_id="national_portal_file"
)
def file(request: HttpRequest, signed: str) -> HttpResponseBase:
    """A paper or result whose address was told in a dossier's picture."""
    _ask(request)
    number = attachment_of(signed)
    found = Attachment.objects.with_blobs().filter(pk=number or 0, purpose__in=SENT).first()
    if found is None:
        raise NotFound
    return serving.response(found)
