"""The figures that a province published come out of a data set with those counts."""

from datetime import date, timedelta

import pytest

from tinhso.kernel.cases.models import Case
from tinhso.kernel.cases.rules import Phase
from tinhso.kernel.people.rules import EVERYWHERE, Scope
from tinhso.modules.field_reports.actions import counting
from tinhso.modules.field_reports.models import Assignment, CategoryEdition, Rating, Report
from tinhso.modules.field_reports.queries import figures
from tinhso.modules.field_reports.tests.factories import MONDAY, WORDS

RECEIVED, PROCESSED, ON_TIME = 493, 380, 275
DUE = MONDAY + timedelta(days=7)
LATER = MONDAY + timedelta(days=30)
ALL = figures.Seen(EVERYWHERE)
SINCE, UNTIL = date(2026, 11, 1), date(2026, 11, 30)


def made(world, number, state, *, unit=None, settled=None, **more):
    """A report as rows, without its story: only what figures are counted from."""
    unit = unit or world.here.commune
    phase = Phase.CLOSED if settled else Phase.OPEN
    case = Case(
        kind="field_report", number=f"PA-2026-9{number:06d}", title=WORDS, state=state, phase=phase, unit=unit,
        received_unit=world.desk, applicant="", due_at=DUE, opened_at=MONDAY, settled_at=settled, updated_at=MONDAY,
        needle="",
    )  # fmt: skip
    given = {"category": "GT01", "level": "normal", "channel": "web", "received_at": MONDAY, "text": WORDS}
    return case, given | {"masked_title": WORDS, "masked_text": WORDS} | more


def keep(rows):
    edition = CategoryEdition.objects.get()
    cases = Case.objects.bulk_create([case for case, _given in rows])
    kept = Report.objects.bulk_create(
        Report(case=case, edition=edition, **given) for case, (_case, given) in zip(cases, rows, strict=True)
    )
    counting.recount([one.pk for one in kept])
    return kept


def of(seen, at=MONDAY, since=SINCE, until=UNTIL, **names):
    return figures.of_period(since, until, seen, at, names)


@pytest.fixture
def published(world):
    states = [("published", DUE - timedelta(days=1))] * 200 + [("answered_private", DUE)] * (ON_TIME - 200)
    states += [("published", DUE + timedelta(hours=1))] * (PROCESSED - ON_TIME)
    states += [("in_progress", None)] * (RECEIVED - PROCESSED)
    states += [("merged", MONDAY)] * 20 + [("withdrawn", MONDAY)] * 3
    return keep([made(world, number, state, settled=settled) for number, (state, settled) in enumerate(states)])


def test_a_province_s_published_figures(world, published):
    whole = of(ALL).whole
    assert (whole.received, whole.processed, whole.on_time) == (RECEIVED, PROCESSED, ON_TIME)
    assert (whole.share_processed, whole.share_on_time) == (77, 72)
    assert (whole.late, whole.early, whole.open_in_time, whole.open_late, whole.merged) == (105, 200, 113, 0, 20)
    assert of(ALL, LATER).whole.open_late == 113


def test_units_see_their_own_and_the_time_others_held_is_theirs(world, published):
    held = published[0]
    Assignment.objects.create(report=held, unit=world.here.other, begins_at=MONDAY, ends_at=MONDAY, minutes_lost=75)
    counting.recount([held.pk])
    keep([made(world, 900, "rejected", unit=world.here.department, settled=MONDAY, refusal="private")])
    keep([made(world, 901, "rejected", unit=world.here.department, settled=MONDAY, refusal="abusive")])
    lines = {one.name: one.tally for one in of(ALL).units}
    assert lines["Phường Tân Ninh"].received == RECEIVED
    assert lines[world.here.other.name].minutes_lost == 75
    assert (lines["Sở Xây dựng"].received, lines["Sở Xây dựng"].rejected) == (1, 1)
    own = of(figures.Seen(Scope(units=frozenset({world.here.other.pk})))).units
    assert [(one.name, one.tally.received) for one in own] == [(world.here.other.name, 0)]


def test_the_desk_sees_what_came_in_there_wherever_it_is_handled(world, published):
    desk = figures.Seen(Scope(), frozenset({world.desk.pk}))
    assert of(desk).whole.received == RECEIVED
    assert of(figures.Seen(Scope())).whole.received == 0


def test_ratings_are_counted_by_how_content_people_are(world, published):
    for report, score in zip(published, (5, 4, 3, 2, 1), strict=False):
        Rating.objects.create(report=report, score=score, given_at=MONDAY)
    counting.recount([one.pk for one in published])
    whole = of(ALL).whole
    assert (whole.rated, whole.satisfied, whole.accepting, whole.share_content) == (5, 2, 1, 60)


def test_by_kind_and_outside_the_period_nothing(world, published):
    assert [(one.name, one.tally.received) for one in of(ALL, GT01="Ổ gà").kinds] == [("Ổ gà", RECEIVED)]
    before = of(ALL, since=date(2025, 1, 1), until=date(2025, 12, 31))
    assert (before.units, before.kinds, before.whole.received) == ([], [], 0)
