"""What is shown to everybody is brought up to date: copies of photos, points on the map."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from django.utils import timezone
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from tinhso.kernel.journal.models import Entry
from tinhso.kernel.places import points
from tinhso.modules.field_reports.actions import photos
from tinhso.modules.field_reports.models import Photo
from tinhso.modules.field_reports.queries import onmap

log = logging.getLogger(__name__)
AGAIN = RetryStrategy(max_attempts=5, exponential_wait=5)
AT_ONCE = 200
# Entries after which a report may appear on the map, change there, or go.
MOVING = (
    "accept", "classify", "reject", "merge", "withdraw", "approve", "approve_private", "reopen", "decide_public",
    "decide_private", "route", "take_in",
)  # fmt: skip
WITH_PHOTOS = ("file", "supply", "supply_to_unit", "answer")


def show_photos(entry: Entry) -> None:
    """Queue the copies of a report's new photos; each job makes one, once."""
    for photo_id in Photo.objects.filter(report_id=entry.case_id, making=Photo.Making.WAITING).values_list(
        "pk", flat=True
    ):
        prepare.defer(photo_id=photo_id)


@app.task(name="field_reports.prepare_photo", queue="photos", retry=AGAIN)
def prepare(photo_id: int) -> None:
    """Make one photo's public copy. Repeatable: a second run finds it done."""
    photos.prepare(photo_id=photo_id, at=timezone.now())


@app.periodic(cron="7,37 * * * *", periodic_id="field_reports.take_up_photos")
@app.task(name="field_reports.take_up_photos", queue="photos", queueing_lock="field_reports.take_up_photos")
def take_up(timestamp: int) -> None:
    """Photos that still wait although their job is gone, such as those of a restored backup."""
    before = timezone.now() - timedelta(hours=1)
    waiting = Photo.objects.filter(making=Photo.Making.WAITING, added_at__lt=before).order_by("id")
    for photo_id in waiting.values_list("pk", flat=True)[:AT_ONCE]:
        prepare.defer(photo_id=photo_id)


def place(entry: Entry) -> None:
    """Put the entry's report on the map as it is now, or take it off. Repeatable, in any order."""
    if entry.case_id is not None:
        put(entry.case_id, at=timezone.now())


def put(report_id: int, *, at: datetime) -> bool:
    """Whether the map changed."""
    return points.put(onmap.LAYER, report_id, onmap.place_of(report_id), at=at)


@app.periodic(cron="20 0 * * *", periodic_id="field_reports.let_age")
@app.task(name="field_reports.let_age", queueing_lock="field_reports.let_age", retry=AGAIN)
def let_age(timestamp: int) -> None:
    """What was done more than thirty days ago leaves the usual map."""
    while points.let_age(onmap.LAYER, at=timezone.now()) == points.AT_ONCE:
        log.info("more reports leave the map")


def rebuild(*, at: datetime) -> int:
    """The whole layer anew from the reports; how many points it has."""
    return points.rebuild(onmap.LAYER, onmap.all_places(), at=at)
