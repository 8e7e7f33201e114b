"""Reports led through their course, as officials do it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from tinhso.kernel.pictures.tests.drawn import jpeg, notes, street
from tinhso.modules.field_reports.actions import handling, intake, photos, triage
from tinhso.modules.field_reports.models import Photo, Report
from tinhso.modules.field_reports.tests.factories import MONDAY, act, filed


def picture(seed: int = 1, **where: float) -> SimpleUploadedFile:
    content = jpeg(street(seed), exif=notes(**where)) if where else jpeg(street(seed))
    return SimpleUploadedFile("hien-truong.jpg", content, "image/jpeg")


def accepted(world: Any, at: datetime = MONDAY, **more: Any) -> Report:
    """Filed, looked at by the desk and sent to the commune: public where its kind is."""
    report = filed(world, at, **more)
    return triage.accept(
        report_id=report.pk, category=report.category, level=report.level, unit_id=world.here.commune.pk,
        by=act(world.operator), at=at + timedelta(minutes=30),
    )  # fmt: skip


def solved(world: Any, at: datetime = MONDAY, *, seed: int = 9, **more: Any) -> Report:
    """Done, proved by a photo taken there, approved and published with its pictures."""
    report = accepted(world, at, **more)
    hour = timedelta(hours=1)
    handling.start(report_id=report.pk, by=act(world.handler), at=at + hour)
    there = {"latitude": world.centre.latitude, "longitude": world.centre.longitude}
    after = intake.take_photo(picture(seed, **there), by_account_id=world.handler.pk, at=at + 2 * hour)
    handling.answer(
        report_id=report.pk,
        text="Đã vá mặt đường, rào chắn đã dỡ.",
        photos=[after],
        by=act(world.handler),
        at=at + 2 * hour,
    )
    handling.approve(report_id=report.pk, by=act(world.leader), at=at + 3 * hour)
    for photo_id in Photo.objects.filter(report_id=report.pk).values_list("pk", flat=True):
        photos.prepare(photo_id=photo_id, at=at + 3 * hour)
    return Report.objects.select_related("case").get(pk=report.pk)


def with_photo(seed: int = 1) -> dict[str, Any]:
    """A report's own picture."""
    return {"photos": [intake.take_photo(picture(seed), by_account_id=None, at=MONDAY)]}
