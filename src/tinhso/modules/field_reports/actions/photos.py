"""The copies of photos that everybody may see: made once, hidden in part or kept back by hand."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from tinhso.kernel.errors import NotAllowed, NotFound, Refusal
from tinhso.kernel.files.rules import PDF
from tinhso.kernel.people.rules import Actor
from tinhso.kernel.pictures import actions as pictures
from tinhso.kernel.pictures.rules import Region
from tinhso.modules.field_reports.actions.filing import MOST_PHOTOS, NewPhoto, photo_row
from tinhso.modules.field_reports.models import Photo, Report
from tinhso.modules.field_reports.rules.states import SENDER, Permission


def prepare(*, photo_id: int, at: datetime) -> Photo:
    """Make the copy that may be shown; done once. A document, or what cannot be drawn, is withheld.

    The detectors work outside the transaction; what an official withheld meanwhile stays withheld."""
    photo = Photo.objects.select_related("original__blob").get(pk=photo_id)
    if photo.making != Photo.Making.WAITING:
        return photo
    if photo.original.blob.media_type == PDF:
        return _set(photo_id, Photo.Making.WITHHELD, None)
    try:
        shown = pictures.make(photo.original, at=at)
    except Refusal:
        return _set(photo_id, Photo.Making.WITHHELD, None)
    return _set(photo_id, Photo.Making.READY, shown.large_id)


@transaction.atomic
def _set(photo_id: int, making: str, copy_id: int | None) -> Photo:
    photo = Photo.objects.select_for_update(of=("self",)).get(pk=photo_id)
    if photo.making == Photo.Making.WAITING:
        photo.making, photo.public_copy_id = making, copy_id
        photo.save(update_fields=["making", "public_copy"])
    return photo


@transaction.atomic
def add(*, report_id: int, new: NewPhoto, at: datetime) -> Photo | None:
    """A picture that came after its report; None when the report has it already, or has as many as it may."""
    report = Report.objects.locked(report_id)
    known = list(Photo.objects.filter(report=report).values_list("sha256", flat=True))
    if new.attachment.blob.sha256 in known or len(known) >= MOST_PHOTOS:
        return None
    row = photo_row(report, new, Photo.Stage.BEFORE, by=SENDER, at=at)
    row.save()
    return row


def withhold(*, photo_id: int, by: Actor, at: datetime) -> Photo:
    """Keep a photo back from everybody but officials."""
    return _decide(photo_id, Photo.Making.WITHHELD, by=by)


def release(*, photo_id: int, by: Actor, at: datetime) -> Photo:
    """Show a photo that was kept back, by its copy. Raises Refusal where there can be none."""
    photo = _seen(photo_id, by)
    shown = pictures.make(photo.original, at=at)
    return _decide(photo_id, Photo.Making.READY, by=by, copy_id=shown.large_id)


def hide(*, photo_id: int, regions: Iterable[Region], by: Actor, at: datetime) -> Photo:
    """Make these parts of a photo unrecognisable too, in everything that is shown of it."""
    photo = _seen(photo_id, by)
    shown = pictures.hide_by_hand(photo.original, regions, at=at)
    making = Photo.Making.READY if photo.making == Photo.Making.WAITING else photo.making
    return _decide(photo_id, making, by=by, copy_id=shown.large_id)


def _seen(photo_id: int, by: Actor) -> Photo:
    """The photo, for who may decide on it: the desk, and the unit that has the report. Raises NotFound, NotAllowed."""
    photo = Photo.objects.select_related("original__blob", "report__case").filter(pk=photo_id).first()
    if photo is None or not any(by.may(Permission.SEE, unit_id) for unit_id in photo.report.case.concerned):
        raise NotFound
    case = photo.report.case
    if not (by.may(Permission.OPERATE, case.received_unit_id) or by.may(Permission.HANDLE, case.unit_id)):
        raise NotAllowed
    return photo


@transaction.atomic
def _decide(photo_id: int, making: str, *, by: Actor, copy_id: int | None = None) -> Photo:
    _seen(photo_id, by)
    photo = Photo.objects.select_for_update(of=("self",)).get(pk=photo_id)
    photo.making = making
    if copy_id is not None or making == Photo.Making.WITHHELD:
        photo.public_copy_id = copy_id
    photo.save(update_fields=["making", "public_copy"])
    return photo
