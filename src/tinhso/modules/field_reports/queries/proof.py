"""Whether photos show that it was done, and what they lack: taken near the place, and not used before."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import QuerySet

from tinhso.kernel.cases.terms import Term
from tinhso.kernel.files.rules import PDF
from tinhso.kernel.pictures.rules import is_same
from tinhso.modules.field_reports.models import Photo, Report
from tinhso.modules.field_reports.queries.catalogue import category_of
from tinhso.modules.field_reports.rules.places import PROOF_METRES, Point, metres

MOST_COMPARED = 5000
NOTHING = "Cần ảnh sau khi xử lý, chụp gần nơi phản ánh và chưa dùng trước đó, hoặc tệp văn bản kết quả."
NOWHERE = "Ảnh không ghi nơi chụp. Bấm “Tôi đang ở hiện trường” khi đứng tại đó, hoặc đính kèm tệp văn bản kết quả."


def lacking(report: Report, photos: Sequence[Photo], where: Point | None) -> str:
    """Why these do not prove it, in words for who answers; empty when they do.

    A document proves, or a fresh photo near the place; ``where`` is the device's, for photos that do not say their own.
    Without a known place of the report any fresh photo counts; kinds without physical faults need none."""
    if not category_of(report).needs_proof or any(one.original.blob.media_type == PDF for one in photos):
        return ""
    if not photos and _of_this_course(report).exists():
        return ""  # sent back for its words: what was shown before still stands
    found = NOTHING
    for one in photos:
        found = _far(report, one, where) or _used(report, one)
        if not found:
            return ""
    return found


def _far(report: Report, photo: Photo, where: Point | None) -> str:
    if report.latitude is None or report.longitude is None:
        return ""
    own = Point(photo.latitude, photo.longitude) if photo.latitude is not None and photo.longitude is not None else None
    taken = own or where
    if taken is None:
        return NOWHERE
    away = metres(Point(report.latitude, report.longitude), taken)
    if away <= PROOF_METRES:
        return ""
    said = f"{away / 1000:.1f} km".replace(".", ",") if away >= 1000 else f"{away:.0f} m"
    return f"Ảnh chụp cách nơi phản ánh {said}; cần trong vòng {PROOF_METRES:.0f} m. Chụp lại tại nơi phản ánh."


def _used(report: Report, photo: Photo) -> str:
    earlier = earlier_use(report, photo)
    if earlier is None:
        return ""
    if earlier == report.pk:
        return "Ảnh này đã có trong phản ánh. Chụp ảnh mới sau khi xử lý."
    code = Report.objects.filter(pk=earlier).values_list("case__number", flat=True).get()
    return f"Ảnh này đã dùng trong phản ánh {code}. Chụp ảnh mới sau khi xử lý."


def _of_this_course(report: Report) -> QuerySet[Photo]:
    """What was shown of the work before, since the clock was started; reopening starts it anew."""
    started = Term.from_json(report.case.clock).started_at
    rows = Photo.objects.filter(report=report, stage=Photo.Stage.AFTER)
    return rows.filter(added_at__gte=started) if started else rows.none()


def earlier_use(report: Report, photo: Photo) -> int | None:
    """The report that the same picture was sent with before: the very file, or the same to the eye. What this one was
    answered with, and had to be worded better, is no earlier use."""
    others = Photo.objects.exclude(pk=photo.pk).exclude(pk__in=_of_this_course(report)).order_by("-id")
    same = others.filter(sha256=photo.sha256).values_list("report_id", flat=True).first()
    if same is not None or not photo.fingerprint:
        return same
    known = others.exclude(fingerprint=None).exclude(fingerprint=0).values_list("report_id", "fingerprint")
    return next((pk for pk, other in known[:MOST_COMPARED] if is_same(photo.fingerprint, other)), None)
