"""Loading the demonstration: province and people first, then dossiers in bulk, then some by the real actions."""

from __future__ import annotations

import base64
import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random

from django.db import connection, transaction
from django.utils import timezone

from tinhso.config.cli.demonstration import catalogue, heroes, staff
from tinhso.config.cli.demonstration.lines import Numbers
from tinhso.config.cli.demonstration.mirrors import written
from tinhso.config.cli.demonstration.stories import Teller
from tinhso.config.cli.demonstration.writing import Pipe, Writer, trust_rows
from tinhso.kernel.cases.models import NumberSeries
from tinhso.kernel.clock import queries as clock
from tinhso.kernel.files.models import Attachment
from tinhso.kernel.journal.actions import anchor_up_to
from tinhso.kernel.people.models import Account
from tinhso.kernel.units import queries as units

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Size:
    dossiers: int
    citizens: int
    spread: bool  # dossiers in all communes, not mostly in those with full staff


SIZES = {"small": Size(2_000, 300, False), "province": Size(60_000, 6_000, True)}
FIRST = date(2025, 7, 1)  # before it there were districts


def _quiet(what: str, done: int, total: int) -> None:
    """Say nothing."""


def load(scale: str, seed: int, *, at: datetime | None = None, progress: Progress = _quiet) -> int:
    """Fill a founded province; returns the number of dossiers. Does nothing when it was done before."""
    if Account.objects.filter(is_demonstration=True).exists():
        return 0
    now = (at or timezone.localtime()).replace(second=0, microsecond=0)
    size = SIZES[scale]
    with transaction.atomic():  # a load that breaks off leaves nothing behind
        cast = prepare(seed, size.citizens, now=now, progress=progress)
        made = generate(size.dossiers, seed, cast, now=now, spread=size.spread, progress=progress)
    return made + heroes.play(cast, now=now, progress=progress)


def prepare(seed: int, citizens: int, *, now: datetime, progress: Progress = _quiet) -> staff.Cast:
    """Calendar, procedures and people."""
    rng = Random(seed)  # noqa: S311 - chance that can be repeated is meant
    first = _first_day(now)
    progress("Thủ tục, lịch làm việc", 0, 1)
    with transaction.atomic():
        catalogue.found(datetime.combine(first - timedelta(days=1), datetime.min.time(), now.tzinfo))
    clock.forget()
    units.forget()
    progress("Thủ tục, lịch làm việc", 1, 1)
    with transaction.atomic():
        cast = staff.employ(rng)
        cast.citizens, cast.named = staff.invite(rng, citizens)
    progress("Công chức, người dân", 1, 1)
    return cast


def generate(
    number: int, seed: int, cast: staff.Cast, *, now: datetime, spread: bool = True, progress: Progress = _quiet
) -> int:
    """``number`` dossiers of the year before ``now``, written in bulk in one transaction."""
    rng = Random(seed)  # noqa: S311
    first = _first_day(now)
    teller = Teller(rng, cast, catalogue.mix(now.date()), now, spread=spread)
    with transaction.atomic():
        anchor_up_to(first - timedelta(days=1))
        trust_rows()
        numbers = Numbers()
        numbers.last.update(dict(NumberSeries.objects.values_list("series", "last")))
        upload_id = _upload_id()
        with Pipe() as pipe, _without_collecting():
            writer = Writer(now.date(), pipe)
            for done, story in enumerate(teller.year(number, first), 1):
                key = base64.urlsafe_b64encode(rng.getrandbits(96).to_bytes(12)).decode()
                writer.add(written(story, writer.case_id(), numbers, upload_id, key))
                if done % 500 == 0:
                    progress("Hồ sơ", done, number)
            writer.close(numbers.last.items())
    with connection.cursor() as cursor:
        cursor.execute("analyze (skip_locked)")  # another database of the server may be looking at what they share
    progress("Hồ sơ", number, number)
    return number


@contextmanager
def _without_collecting() -> Iterator[None]:
    """No search for circles among millions of rows that have none."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def _first_day(now: datetime) -> date:
    return max(FIRST, now.date() - timedelta(days=365))


def _upload_id() -> int | None:
    """The one paper that stands for everything people uploaded."""
    return (
        Attachment.objects.filter(purpose="dossiers.component", name=heroes.UPLOAD_NAME)
        .values_list("pk", flat=True)
        .first()
        or heroes.make_upload()
    )
