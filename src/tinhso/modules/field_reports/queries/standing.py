"""What the needs of the moves look at, gathered from the report and its photos."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from tinhso.kernel.clock.queries import calendar_for
from tinhso.kernel.clock.rules import worked_minutes
from tinhso.kernel.files.rules import PDF
from tinhso.kernel.pictures.rules import is_same
from tinhso.modules.field_reports.models import Assignment, Photo, Report
from tinhso.modules.field_reports.queries.catalogue import category_of
from tinhso.modules.field_reports.queries.public import should_be_public
from tinhso.modules.field_reports.rules.places import PROOF_METRES, Point, metres
from tinhso.modules.field_reports.rules.states import REOPEN_DAYS, SEND_BACK_MINUTES, Standing

MOST_COMPARED = 5000


def lead_of(report: Report) -> Assignment | None:
    """The unit's turn that is not over; None while no unit has it."""
    return Assignment.objects.filter(report=report, part=Assignment.Part.LEAD, ends_at__isnull=True).first()


def standing_of(report: Report, at: datetime, lead: Assignment | None = None) -> Standing:
    """For all moves but the answer, whose proof is looked at by ``proof_of``."""
    settled = report.case.settled_at
    return Standing(
        asked_by_unit=report.asked_by_unit,
        not_ours_left=report.times_sent_back == 0 and (lead is None or _is_fresh(lead, at)),
        was_reopened=report.reopened_at is not None,
        is_reopening_late=settled is not None and at > settled + timedelta(days=REOPEN_DAYS),
        may_be_public=should_be_public(report, "published"),
    )


def _is_fresh(lead: Assignment, at: datetime) -> bool:
    return worked_minutes(lead.begins_at, at, calendar_for(lead.unit_id)) <= SEND_BACK_MINUTES


def with_answer(standing: Standing, *, text: str, proof: bool) -> Standing:
    """The standing of a report with this answer to it."""
    return replace(standing, has_answer=bool(text.strip()), has_proof=proof)


def is_proved(report: Report, photos: Sequence[Photo], where: Point | None) -> bool:
    """Whether these show that it was done: a document, or a fresh photo taken near the place.

    ``where`` is the device's place, for photos that do not say their own. Without a known place of the report any fresh
    photo counts; kinds without physical faults need none."""
    if not category_of(report).needs_proof:
        return True
    return any(
        one.original.blob.media_type == PDF or (_is_near(report, one, where) and not reused(one)) for one in photos
    )


def _is_near(report: Report, photo: Photo, where: Point | None) -> bool:
    if report.latitude is None or report.longitude is None:
        return True
    own = Point(photo.latitude, photo.longitude) if photo.latitude is not None and photo.longitude is not None else None
    taken = own or where
    return taken is not None and metres(Point(report.latitude, report.longitude), taken) <= PROOF_METRES


def reused(photo: Photo) -> bool:
    """Whether the same picture was sent before, for this report or another: the very file, or the same to the eye."""
    if Photo.objects.filter(sha256=photo.sha256).exclude(pk=photo.pk).exists():
        return True
    if not photo.fingerprint:
        return False
    rows = Photo.objects.exclude(pk=photo.pk).exclude(fingerprint=None).exclude(fingerprint=0).order_by("-id")
    return any(
        is_same(photo.fingerprint, other) for other in rows.values_list("fingerprint", flat=True)[:MOST_COMPARED]
    )
