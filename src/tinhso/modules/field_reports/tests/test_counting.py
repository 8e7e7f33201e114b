"""Kept sums are what a slow count of all reports gives, whatever happened to them and in whatever order it is told."""

from datetime import date, datetime, time, timedelta
from random import Random

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tinhso.kernel.errors import Refusal
from tinhso.kernel.facts.actions import run_rebuild
from tinhso.kernel.journal.models import Entry
from tinhso.kernel.manifest import registry
from tinhso.kernel.people.rules import EVERYWHERE, SYSTEM, Scope
from tinhso.kernel.units.queries import tree
from tinhso.modules.field_reports.actions import counting, handling, senders, triage
from tinhso.modules.field_reports.jobs.counting import count
from tinhso.modules.field_reports.models import CountedReport, ReportFigure
from tinhso.modules.field_reports.queries import figures
from tinhso.modules.field_reports.rules.figures import Tally
from tinhso.modules.field_reports.rules.states import SENDER
from tinhso.modules.field_reports.tests.factories import MONDAY, answered, approved, filed, picture

SLOW = """
select {key},
    count(*) filter (where c.state not in ('merged', 'withdrawn') and r.refusal <> 'abusive') as received,
    count(*) filter (where c.state in ('published', 'answered_private')) as processed,
    count(*) filter (where c.state in ('published', 'answered_private')
        and (c.due_at is null or c.settled_at <= c.due_at)) as on_time,
    count(*) filter (where c.state in ('published', 'answered_private')
        and (c.settled_at at time zone %(zone)s)::date < (c.due_at at time zone %(zone)s)::date) as early,
    count(*) filter (where c.settled_at is null and not (c.phase = 1 and c.due_at < %(at)s and c.due_at is not null)),
    count(*) filter (where c.settled_at is null and c.phase = 1 and c.due_at < %(at)s) as open_late,
    count(*) filter (where c.state = 'rejected' and r.refusal <> 'abusive') as rejected,
    count(*) filter (where c.state = 'merged') as merged,
    count(g.report_id) as rated,
    count(*) filter (where g.score >= 4) as satisfied,
    count(*) filter (where g.score = 3) as accepting,
    count(*) filter (where told.verdict = 'late' and told.own <> 'late') as excused
from field_reports_report r join cases_case c on c.id = r.case_id
left join lateral (
    select e.data->>'verdict' as verdict, e.data->>'unit_verdict' as own from journal_entry e
    where e.case_id = c.id and e.verb like 'field_report.approve%%' and c.state in ('published', 'answered_private')
    order by e.id desc limit 1) told on true
left join field_reports_rating g on g.report_id = r.case_id
where r.received_at >= %(since)s and r.received_at < %(until)s
    and (%(everywhere)s or c.unit_id = any(%(units)s) or c.received_unit_id = any(%(desks)s))
group by 1
"""
LOST = """
select a.unit_id, sum(a.minutes_lost)::int,
    count(*) filter (where a.made_late and c.state in ('published', 'answered_private'))
from field_reports_assignment a join cases_case c on c.id = a.report_id
where a.minutes_lost > 0 and a.begins_at >= %(since)s and a.begins_at < %(until)s
    and (%(everywhere)s or a.unit_id = any(%(units)s) or c.received_unit_id = any(%(desks)s)) group by 1
"""
NAMES = ("received", "processed", "on_time", "early", "open_in_time", "open_late", "rejected", "merged", "rated",
         "satisfied", "accepting", "excused")  # fmt: skip


def slowly(since, until, seen, at):
    """By body and by kind, counted from the reports themselves."""
    zone = timezone.get_current_timezone()
    asked = {
        "since": datetime.combine(since, time(), zone),
        "until": datetime.combine(until + timedelta(days=1), time(), zone),
        "at": at, "zone": str(zone), "everywhere": seen.units.everywhere,
        "units": sorted(seen.units.units), "desks": sorted(seen.desks),
    }  # fmt: skip
    bodies, kinds = {}, {}
    with connection.cursor() as cursor:
        for key, found in (("c.unit_id", bodies), ("r.category", kinds)):
            cursor.execute(SLOW.format(key=key), asked)
            for name, *numbers in cursor.fetchall():
                said = str(tree().body_of(name).id) if found is bodies else name
                more = Tally(**dict(zip(NAMES, numbers, strict=True)))
                found[said] = figures.plus(found.get(said, Tally()), more)
        cursor.execute(LOST, asked)
        for name, minutes, late in cursor.fetchall():
            said = str(tree().body_of(name).id)
            bodies[said] = figures.plus(bodies.get(said, Tally()), Tally(minutes_lost=minutes, made_late=late))
    return _told(bodies), _told(kinds)


def _told(found):
    """A unit of which there is only what was withdrawn or sent as a joke has no line."""
    return {key: tally for key, tally in found.items() if tally != Tally()}


def quickly(since, until, seen, at):
    found = figures.of_period(since, until, seen, at, {})
    return _told({one.code: one.tally for one in found.units}), _told({one.code: one.tally for one in found.kinds})


def acts(world, chance, reports):
    """What may happen to a report next; what does not fit is refused and changes nothing."""
    report, at = chance.choice(reports), MONDAY + timedelta(hours=chance.randrange(400))
    other = chance.choice(reports)
    given = {"report_id": report.pk, "by": SYSTEM, "at": at}
    sent = {"report_id": report.pk, "by": SENDER, "at": at}
    unit = chance.choice([world.here.commune, world.here.other, world.here.department]).pk
    words = "Nội dung đủ dài để ai đọc cũng hiểu."
    return [
        lambda: triage.accept(category=chance.choice(["GT01", "CS01", "TN02"]), level="normal", **given),
        lambda: triage.accept(category="GT01", level="high", unit_id=unit, **given),
        lambda: triage.route(unit_id=unit, reason=words, **given),
        lambda: triage.classify(category=chance.choice(["GT01", "MT02"]), level="high", **given),
        lambda: triage.reject(reason=chance.choice(["unclear", "abusive"]), explanation=words, **given),
        lambda: triage.merge(into=other.case.number, **given),
        lambda: triage.ask(question=words, **given),
        lambda: senders.supply(text=words, **sent),
        lambda: handling.start(**given),
        lambda: handling.send_back(reason=words, **given),
        lambda: handling.answer(text=words, photos=[picture(chance.randrange(10**6), world.centre)], **given),
        lambda: handling.approve(privately=chance.random() < 0.3, **given),
        lambda: senders.rate(score=chance.randint(1, 5), comment="", **sent),
        lambda: senders.reopen(reason=words, **sent),
        lambda: senders.withdraw(**sent),
    ]


def test_after_any_series_of_acts_the_sums_are_those_of_a_slow_count(world):
    chance = Random(1)
    reports = [filed(world, MONDAY - timedelta(days=chance.randrange(40))) for _ in range(14)]
    done = {one.pk: "" for one in reports}
    for _ in range(110):
        for act in chance.sample(acts(world, chance, reports), 3):
            try:
                act()
            except Refusal:
                continue
            break
    entries = [one for one in Entry.objects.filter(case__in=done).select_related("case")
               if count in registry.followers.get(one.verb, ())]  # fmt: skip
    told = [*entries, *chance.sample(entries, 10)]
    chance.shuffle(told)
    for entry in told:
        count(entry)
    states = {one.state for one in type(reports[0].case).objects.filter(pk__in=done)}
    assert len(states) >= 6  # the series went to many places
    assert CountedReport.objects.filter(excused=1).exists()
    assert CountedReport.objects.filter(made_late=1).exists()
    here = world.here
    for seen in (
        figures.Seen(EVERYWHERE),
        figures.Seen(Scope(units=frozenset({here.commune.pk, here.other.pk}))),
        figures.Seen(Scope(units=frozenset({world.desk.pk})), frozenset({world.desk.pk})),
    ):
        for since, until in (
            (date(2026, 10, 1), date(2026, 11, 30)),
            (date(2026, 10, 12), date(2026, 11, 3)),
            (date(2026, 11, 2), date(2026, 11, 14)),
            (date(2026, 9, 20), date(2026, 10, 31)),
        ):
            for at in (MONDAY, MONDAY + timedelta(days=9, hours=3), MONDAY + timedelta(days=60)):
                assert quickly(since, until, seen, at) == slowly(since, until, seen, at)


def test_counting_again_and_rebuilding_give_the_same_sums(world):
    first = approved(world)
    filed(world, MONDAY - timedelta(days=20))
    for entry in Entry.objects.filter(verb__startswith="field_report.").select_related("case"):
        count(entry)
    kept, whole = counting.fingerprint(), ReportFigure.objects.filter(level="unit", grain="month").count()
    assert (kept[0], whole, CountedReport.objects.count()) == (12, 2, 2)
    counting.recount([first.pk, first.pk])
    assert counting.fingerprint() == kept
    assert counting.rebuild() == 2
    assert counting.fingerprint() == kept


def test_the_command_that_rebuilds_figures_finds_and_mends_wrong_sums(world):
    counting.recount([filed(world).pk])
    ReportFigure.objects.filter(level="kind").update(received=9)
    with pytest.raises(Refusal, match=r"field_reports\.figures"):
        list(run_rebuild(["check"]))
    assert ReportFigure.objects.filter(received=9).count() == 2
    assert list(run_rebuild([]))[-1] == "different figures were put right"
    assert not ReportFigure.objects.filter(received=9).exists()


def test_a_sum_that_is_nought_again_leaves_no_row(world):
    report = filed(world)
    counting.recount([report.pk])
    before = ReportFigure.objects.count()
    triage.accept(report_id=report.pk, category="GT01", level="normal", by=SYSTEM, at=MONDAY)
    counting.recount([report.pk])
    assert ReportFigure.objects.count() == before  # those of the desk are gone, those of the commune came
    assert not ReportFigure.objects.filter(unit=world.desk).exists()


def test_reports_from_before_sums_were_kept_are_counted_by_the_migration(world):
    import importlib

    from django.apps import apps

    filed(world)
    importlib.import_module("tinhso.modules.field_reports.migrations.0007_count_own_time").count(apps, None)
    assert ReportFigure.objects.filter(level="unit", grain="day", received=1).count() == 1


def test_figures_cost_three_statements_however_many_reports_there_are(world):
    counted = []
    for _ in range(2):
        answered(world, seed=len(counted))
        counting.rebuild()
        with CaptureQueriesContext(connection) as asked:
            figures.of_period(date(2026, 1, 1), date(2026, 12, 31), figures.Seen(EVERYWHERE), MONDAY, {})
        counted.append(len(asked))
        assert not [
            one["sql"] for one in asked if "field_reports_report " in one["sql"] and "c.phase = 1" not in one["sql"]
        ]
    assert counted == [3, 3]
    Client().get("/phan-anh/so-lieu/")  # units and kinds are kept from now on
    with CaptureQueriesContext(connection) as page:
        assert Client().get("/phan-anh/so-lieu/").status_code == 200
    assert sum("field_reports_" in one["sql"] for one in page) == 4  # with the list of kinds in force
