"""Time lost in transfers lies at the door of who held the report, and excuses who answered it."""

from datetime import date, timedelta

from django.test import Client

from tinhso.kernel.cases.terms import Term
from tinhso.kernel.clock.rules import OFFICE_WEEK, Calendar, Limit, Pause, PauseKind, Unit
from tinhso.kernel.journal.models import Entry
from tinhso.kernel.people.rules import EVERYWHERE
from tinhso.kernel.units.queries import tree
from tinhso.modules.field_reports.actions import counting, handling, senders, triage
from tinhso.modules.field_reports.module import MODULE
from tinhso.modules.field_reports.queries import figures
from tinhso.modules.field_reports.rules.states import SENDER
from tinhso.modules.field_reports.rules.turns import held_minutes, own_due
from tinhso.modules.field_reports.tests.factories import DONE, MONDAY, accepted, act, picture

DAY = timedelta(days=1)
OFFICE = Calendar("office", OFFICE_WEEK)
WHY = "Đường này do Sở Xây dựng quản lý."


def handed_on(world, unit):
    """Held by the commune for five working hours that were not its own to hold, then three at the desk."""
    report = accepted(world, category="CS01", text="Đèn đường trước chợ không sáng.")
    handling.send_back(report_id=report.pk, reason=WHY, by=act(world.handler), at=MONDAY + timedelta(hours=7))
    triage.route(report_id=report.pk, unit_id=unit.pk, by=act(world.operator), at=MONDAY + DAY)
    return report


def done(report, leader, at, seed=11, where=None):
    photos = [picture(seed, where)]
    handling.answer(report_id=report.pk, text=DONE, photos=photos, by=act(leader), at=at)
    handling.approve(report_id=report.pk, by=act(leader), at=at)
    entry = Entry.objects.filter(case_id=report.pk, verb="field_report.approve").order_by("pk").last()
    return entry.data["verdict"], entry.data["unit_verdict"]


def lines(report):
    counting.recount([report.pk])
    found = figures.of_period(date(2026, 11, 1), date(2026, 11, 30), figures.Seen(EVERYWHERE), MONDAY, {})
    return found.whole, {one.name: one.tally for one in found.units}


def test_late_only_because_others_held_it_is_charged_to_those_others(world):
    report = handed_on(world, world.here.other)
    assert done(report, world.outsider, MONDAY + 9 * DAY, where=world.centre) == (
        "late",
        "on_time",
    )  # due on 23/11, 24/11 is a day off
    whole, units = lines(report)
    assert (whole.processed, whole.on_time, whole.excused) == (1, 0, 1)
    own = units[world.here.other.name]
    assert (own.share_on_time, own.share_own_on_time, own.own_late, own.minutes_lost) == (0, 100, 0, 0)
    first, desk = units[world.here.commune.name], units[tree().body_of(world.desk.pk).name]
    assert (first.processed, first.minutes_lost, first.made_late) == (0, 300, 1)
    assert (desk.processed, desk.minutes_lost, desk.made_late) == (0, 180, 1)
    page = Client().get("/phan-anh/so-lieu/?tu=2026-11-01&den=2026-11-30").content.decode()
    assert page.count("1 trễ hẹn do thời gian ở đơn vị khác") == 2  # of all, and of the unit
    assert page.count("làm trễ hẹn 1 phản ánh") == 2
    facts = MODULE.facts[2].dimensions(Entry.objects.get(case_id=report.pk, verb="field_report.approve"))
    assert (facts["verdict"], facts["promised"]) == ("on_time", "late")


def test_what_comes_back_to_the_unit_that_sent_it_away_was_its_own_all_the_time(world):
    report = handed_on(world, world.here.commune)
    assert done(report, world.leader, MONDAY + 9 * DAY, where=world.centre) == ("late", "late")
    whole, units = lines(report)
    assert (whole.excused, units[world.here.commune.name].own_late, sum(one.made_late for one in units.values())) == (
        0, 1, 0,
    )  # fmt: skip


def test_reopening_begins_anew_and_what_others_lost_before_excuses_no_more(world):
    report = handed_on(world, world.here.other)
    done(report, world.outsider, MONDAY + 9 * DAY, where=world.centre)
    senders.reopen(report_id=report.pk, reason="Đèn lại tắt sau một đêm.", by=SENDER, at=MONDAY + 10 * DAY)
    whole, units = lines(report)
    assert (whole.processed, whole.excused, sum(one.made_late for one in units.values())) == (0, 0, 0)
    assert done(report, world.outsider, MONDAY + 20 * DAY, 12, world.centre) == ("late", "late")
    whole, units = lines(report)
    assert (whole.late, whole.excused, sum(one.made_late for one in units.values())) == (1, 0, 0)


def test_waiting_for_the_sender_is_nobody_s_time_and_danger_is_held_by_the_clock():
    wait = Pause(PauseKind.SUPPLEMENT, MONDAY + timedelta(hours=1), MONDAY + timedelta(hours=6))
    working = Term(Limit(5, Unit.WORKING_DAY), MONDAY, (wait,))
    assert held_minutes(working, MONDAY, MONDAY + timedelta(hours=7), OFFICE) == 120
    night = MONDAY + timedelta(hours=10)
    assert held_minutes(Term(Limit(4, Unit.CLOCK_HOUR), MONDAY), night, night + timedelta(hours=2), OFFICE) == 120
    assert own_due(Term(Limit(4, Unit.CLOCK_HOUR)), night, 120, OFFICE) == night + timedelta(hours=2)
