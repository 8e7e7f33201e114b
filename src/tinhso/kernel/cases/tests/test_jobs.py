"""Due dates after a calendar changed: counted anew, promised anew, once."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from tinhso.kernel.cases.jobs import RECOUNTED, recount
from tinhso.kernel.cases.models import Case, Promise
from tinhso.kernel.cases.tests.factories import AT, filed, forget, move, unit, working
from tinhso.kernel.clock.models import CalendarDay, CalendarEdition
from tinhso.kernel.journal.models import Entry

pytestmark = pytest.mark.django_db
DUE = datetime(2026, 11, 23, 10, tzinfo=UTC)
WEDNESDAY = datetime(2026, 11, 25, 10, tzinfo=UTC)  # the 24th is Vietnam Culture Day


def day_off(on: date = date(2026, 11, 18)) -> None:
    CalendarDay.objects.create(
        date=on, kind=CalendarDay.Kind.OFF, name="Nghỉ bão", source="Công văn thử", is_confirmed=True, set_at=AT
    )
    edition, _ = CalendarEdition.objects.get_or_create(id=1, defaults={"number": 1})
    CalendarEdition.objects.filter(id=1).update(number=edition.number + 1)
    forget()


def test_a_new_day_off_moves_the_running_cases_and_tells_why():
    place = unit("XA1")
    running, paused, waiting = working(1, place), working(2, place), filed(3, place)
    move(paused, "ask")
    day_off()
    recount(reason="Nghỉ bão")
    dues = {case.pk: case.due_at for case in Case.objects.all()}
    assert dues == {running.pk: WEDNESDAY, paused.pk: DUE, waiting.pk: None}
    entry = Entry.objects.get(verb=RECOUNTED)
    said = {key: entry.data[key] for key in ("before", "after", "reason")}
    assert said == {"before": "23/11/2026", "after": "25/11/2026", "reason": "Nghỉ bão"}
    assert list(Promise.objects.filter(case=running).values_list("due_at", "reason")) == [
        (DUE, "file"), (WEDNESDAY, "recount"),
    ]  # fmt: skip


def test_counting_again_changes_nothing():
    working(1, unit("XA1"))
    day_off()
    recount(reason="Nghỉ bão")
    before = (Entry.objects.count(), Promise.objects.count(), Case.objects.values().get())
    recount(reason="Nghỉ bão")
    assert (Entry.objects.count(), Promise.objects.count(), Case.objects.values().get()) == before
