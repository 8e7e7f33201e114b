"""Asking, opening, filling, sending, receiving, reminding, closing: who may, who may not, and what stays as it was."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tinhso.kernel.errors import NotAllowed, NotFound, Refusal
from tinhso.kernel.journal.models import Entry
from tinhso.kernel.notices.models import Notice
from tinhso.kernel.people.rules import SYSTEM
from tinhso.kernel.testing import people
from tinhso.kernel.testing.together import at_once
from tinhso.modules.reporting import jobs
from tinhso.modules.reporting.actions import asking, filling, periods, receiving
from tinhso.modules.reporting.models import Assignment, ReportPeriod, ReportVersion, Sheet, SheetRow
from tinhso.modules.reporting.queries import boards, figures
from tinhso.modules.reporting.rules.giving import Given
from tinhso.modules.reporting.rules.periods import Frequency
from tinhso.modules.reporting.tests import factories
from tinhso.modules.reporting.tests.factories import DUE, LATE, NOW, actor, content, opened, published, sent, sheet

pytestmark = pytest.mark.django_db


def put(where, by, row="mot", revision=0, **values):
    return filling.fill(sheet_id=where.pk, row=row, values=values, revision=revision, by=actor(by), at=NOW)


def submit(where, by, at=NOW):
    return filling.submit(sheet_id=where.pk, by=actor(by), at=at)


def test_a_period_opens_once_with_a_sheet_for_every_unit_and_a_due_moment_by_the_clock(stage):
    period = opened(stage)
    assert (period.code, period.name) == ("2026-W47", "Tuần 47 (16/11 – 22/11/2026)")
    assert (period.due_at, period.sheets.count()) == (DUE, 2)
    again = periods.open_period(assignment_id=period.assignment_id, day=date(2026, 11, 22), by=SYSTEM, at=LATE)
    assert (again, ReportPeriod.objects.count(), Sheet.objects.count()) == (period, 1, 2)
    assert Entry.objects.filter(verb="reporting.open").count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_jobs_at_once_open_a_period_once(stage):
    assignment = opened(stage).assignment_id

    def opening():
        return periods.open_period(assignment_id=assignment, day=date(2026, 11, 25), by=SYSTEM, at=LATE).code

    assert at_once(opening, opening) == ["2026-W48", "2026-W48"]
    assert ReportPeriod.objects.filter(code="2026-W48").count() == 1


def test_an_assignment_that_ended_opens_no_more_periods(stage):
    period = opened(stage)
    where = {"assignment_id": period.assignment_id, "by": actor(stage.designer), "at": NOW}
    with pytest.raises(Refusal) as refused:
        asking.end(last_day=date(2026, 11, 1), **where)
    assert refused.value.field == "last_day"
    asking.end(last_day=date(2026, 11, 22), **where)
    later = periods.open_period(assignment_id=period.assignment_id, day=date(2026, 11, 25), by=SYSTEM, at=LATE)
    assert (later, ReportPeriod.objects.count()) == (None, 1)


def test_kinds_of_unit_are_taken_as_they_are_on_the_day(stage):
    version = published(stage)
    asked = Given(version.template_id, Frequency.MONTH, date(2026, 11, 1), kinds=("phuong",))
    made = asking.assign(asked, by=actor(stage.designer), at=NOW)
    wards = periods.open_period(assignment_id=made.pk, day=date(2026, 11, 18), by=SYSTEM, at=NOW).sheets.count()
    assert wards == asking.units_of(made, date(2026, 11, 18)).filter(commune_kind="phuong").count() > 0


@pytest.mark.parametrize(
    ("more", "field"),
    [({"kinds": ()}, "kinds"), ({"kinds": ("tinh",)}, "kinds"), ({"due_days": 0}, "due_days"),
     ({"closing_day": 28}, "closing_day"), ({"units": (0,)}, "units")],
)  # fmt: skip
def test_what_cannot_be_assigned_is_refused(stage, more, field):
    version = published(stage)
    asked = {"kinds": ("xa",), **more}
    given = Given(version.template_id, Frequency.WEEK, date(2026, 11, 16), **asked)
    with pytest.raises(Refusal) as refused:
        asking.assign(given, by=actor(stage.designer), at=NOW)
    assert (refused.value.field, Assignment.objects.count()) == (field, 0)


def test_only_who_designs_for_the_office_drafts_publishes_and_assigns(stage):
    version = published(stage)
    weekly = Given(version.template_id, Frequency.WEEK, date(2026, 11, 16), kinds=("xa",))
    for who in (stage.receiver, stage.head):
        with pytest.raises(NotAllowed):
            asking.draft(content(), owner_id=stage.here.department.pk, by=actor(who), at=NOW)
        with pytest.raises(NotAllowed):
            asking.publish(version.pk, valid_from=date(2027, 1, 1), by=actor(who), at=NOW)
        with pytest.raises(NotAllowed):
            asking.assign(weekly, by=actor(who), at=NOW)
    assert (ReportVersion.objects.count(), Assignment.objects.count()) == (1, 0)


def test_a_wrong_template_stays_a_draft_and_all_that_is_wrong_is_said(stage):
    rows = [{"code": one, "name": one, "formula": other} for one, other in (("mot", "hai"), ("hai", "mot"))]
    wrong = content(rows=rows, cells=[])
    version = asking.draft(wrong, owner_id=stage.here.department.pk, by=actor(stage.designer), at=NOW)
    with pytest.raises(Refusal) as refused:
        asking.publish(version.pk, valid_from=date(2026, 1, 1), by=actor(stage.designer), at=NOW)
    assert "Công thức đi vòng tròn" in refused.value.message
    version.refresh_from_db()
    assert version.state == "draft"


def test_a_filled_row_gives_its_share_and_the_sum(stage):
    where = sheet(opened(stage), stage.here.commune)
    done = put(where, stage.clerk, tong="1.200", dat="900")
    assert done.shown_cells() == {"mot__ty_le": "75", "hai__ty_le": "–", "cong__tong": "1.200", "cong__dat": "900",
                                  "cong__ty_le": "75"}  # fmt: skip
    where.refresh_from_db()
    assert (where.filled, where.channel) == (2, "grid")
    entry = Entry.objects.get(subject=f"reporting/sheet/{where.pk}")
    assert entry.data["values"] == {"tong": "1200", "dat": "900"}


@pytest.mark.parametrize("typed", ["mười", "-3", "1e20", "100000000000000000000", "1.5.2", "0,5", "=1+1", "nan"])
def test_what_is_no_number_is_refused_in_words_and_nothing_changes(stage, typed):
    where = sheet(opened(stage), stage.here.commune)
    with pytest.raises(Refusal) as refused:
        put(where, stage.clerk, tong=typed, dat="1")
    assert (refused.value.code, refused.value.field) == ("reporting.number", "tong")
    assert not SheetRow.objects.exists()


def test_computed_closed_and_unknown_cells_are_not_typed(stage):
    where = sheet(opened(stage), stage.here.commune)
    for row, values in (
        ("mot", {"ty_le": "1"}),
        ("cong", {"tong": "1"}),
        ("nhom", {"tong": "1"}),
        ("khong", {"tong": "1"}),
    ):
        with pytest.raises(NotFound):
            put(where, stage.clerk, row, **values)
    assert not SheetRow.objects.exists()


def test_two_people_on_one_row_see_what_the_other_saved(stage):
    where = sheet(opened(stage), stage.here.commune)
    put(where, stage.clerk, tong="10", dat="9")
    with pytest.raises(filling.RowStale) as stale:
        put(where, stage.head, tong="10", dat="8")
    assert (stale.value.values, stale.value.revision) == ({"tong": "10", "dat": "9"}, 1)
    assert "Trần Văn Tu" in stale.value.message
    assert put(where, stage.head, revision=0, tong="10", dat="9").rows["mot"].values == {"tong": "10", "dat": "9"}
    assert put(where, stage.head, revision=2, dat="8").rows["mot"].values == {"tong": "10", "dat": "8"}


@pytest.mark.django_db(transaction=True)
def test_the_database_decides_between_two_who_save_one_row_at_once(stage):
    where = sheet(opened(stage), stage.here.commune)
    one, two = actor(stage.clerk), actor(stage.head)

    def saving(by, number):
        return lambda: filling.fill(
            sheet_id=where.pk, row="mot", values={"tong": number}, revision=0, by=by, at=NOW
        ).rows["mot"].values["tong"]  # fmt: skip

    gave = at_once(saving(one, "1"), saving(two, "2"))
    assert "reporting.row_changed" in gave
    assert SheetRow.objects.get().values["tong"] == next(g for g in gave if g != "reporting.row_changed")


def test_a_unit_sees_and_fills_only_its_own_draft(stage):
    where = sheet(opened(stage), stage.here.commune)
    put(where, stage.clerk, tong="10", dat="9")
    assert list(Sheet.objects.visible_to(actor(stage.stranger)).values_list("unit_id", flat=True)) == [
        stage.here.other.pk
    ]
    assert not Sheet.objects.visible_to(actor(stage.receiver)).exists()
    for who in (stage.stranger, stage.receiver, stage.designer):
        with pytest.raises(NotFound):
            put(where, who, tong="1")
    assert SheetRow.objects.get().values == {"tong": "10", "dat": "9"}


def test_empty_cells_and_broken_checks_are_not_sent(stage):
    where = sheet(opened(stage), stage.here.commune)
    put(where, stage.clerk, tong="10", dat="11")
    with pytest.raises(Refusal) as refused:
        submit(where, stage.head)
    assert (refused.value.code, "Việc hai – Tổng số" in refused.value.message) == ("reporting.missing", True)
    put(where, stage.clerk, "hai", tong="20", dat="1")
    with pytest.raises(Refusal) as refused:
        submit(where, stage.head)
    assert "Số đạt không vượt tổng số (Việc một)" in refused.value.message
    put(where, stage.clerk, revision=1, dat="9")
    with pytest.raises(NotAllowed):
        submit(where, stage.clerk)
    done = submit(where, stage.head)
    assert (done.state, done.values["cong__ty_le"], done.first_sent_at) == ("submitted", "33.3", NOW)
    with pytest.raises(Refusal) as refused:
        put(where, stage.clerk, revision=None, dat="1")
    assert refused.value.code == "reporting.sheet_state"


def test_given_back_it_is_mended_and_sent_again_and_its_first_moment_counts(stage):
    where = sent(sheet(opened(stage), stage.here.commune), stage.head)
    with pytest.raises(Refusal) as refused:
        receiving.give_back(sheet_id=where.pk, reason="  ", by=actor(stage.receiver), at=NOW)
    assert refused.value.code == "reporting.reason"
    receiving.give_back(sheet_id=where.pk, reason="Dòng 1 thiếu số", by=actor(stage.receiver), at=NOW)
    assert not Sheet.objects.visible_to(actor(stage.receiver)).filter(pk=where.pk).exists()
    put(where, stage.clerk, revision=None, tong="12")
    again = submit(where, stage.head, at=LATE)
    assert (again.state, again.first_sent_at, again.submitted_at, again.reason) == ("submitted", NOW, LATE, "")


def test_who_receives_elsewhere_or_sent_it_does_not_judge(stage):
    period = opened(stage)
    where = sent(sheet(period, stage.here.commune), stage.head)
    for who in (stage.stranger, stage.clerk):
        with pytest.raises(NotFound):
            receiving.approve(sheet_id=where.pk, by=actor(who), at=NOW)
    both = people.official(
        "hai", stage.here.other, "reporting.head", "reporting.receiver", also_on=(stage.here.department,)
    )
    own = sent(sheet(period, stage.here.other), both)
    with pytest.raises(NotAllowed):
        receiving.approve(sheet_id=own.pk, by=actor(both), at=NOW)
    assert set(Sheet.objects.values_list("state", flat=True)) == {"submitted"}
    assert receiving.approve(sheet_id=where.pk, by=actor(both), at=NOW).state == "approved"


def test_sums_go_up_the_tree_and_open_onto_their_units(stage):
    period = opened(stage)
    sent(sheet(period, stage.here.commune), stage.head)
    other = sent(
        sheet(period, stage.here.other),
        stage.stranger,
        {"mot": {"tong": "30", "dat": "3"}, "hai": {"tong": "0", "dat": "0"}},
    )
    found = boards.summed(period, actor(stage.receiver))
    values = found.computed.values
    assert (values["mot__tong"], values["mot__dat"], values["mot__ty_le"]) == (40, 12, Decimal("30.0"))
    assert (values["cong__tong"], values["cong__ty_le"], found.units) == (60, Decimal("21.7"), 2)
    assert [cells[0][1] for _sheet, cells in boards.parts_of(found, "mot")] in (["10", "30"], ["30", "10"])
    one = boards.summed(period, actor(stage.receiver), unit_id=stage.here.other.pk)
    assert (one.computed.values["mot__tong"], one.units, one.computed.troubles) == (
        30,
        1,
        {"hai__ty_le": "mẫu số bằng 0"},
    )
    receiving.approve(sheet_id=other.pk, by=actor(stage.receiver), at=NOW)
    assert boards.summed(period, actor(stage.receiver), only_approved=True).computed.values["cong__tong"] == 30


def test_late_and_missing_are_told_apart(stage):
    period = opened(stage)
    sent(sheet(period, stage.here.commune), stage.head, at=LATE)
    before, after = boards.standing(period, NOW), boards.standing(period, LATE)
    assert (before.units, before.sent, before.missing, before.late) == (2, 1, 1, 1)
    assert (after.late, after.online) == (2, 1)
    assert [line.lateness for line in boards.unit_lines(period, LATE)] in (["late", "missing"], ["missing", "late"])
    assert len(boards.unit_lines(period, LATE, "thieu")) == 1


def test_paper_is_not_missing_and_not_online(stage):
    period = opened(stage)
    where = sheet(period, stage.here.commune)
    with pytest.raises(Refusal):
        receiving.take_paper(sheet_id=where.pk, number=" ", by=actor(stage.receiver), at=NOW)
    receiving.take_paper(sheet_id=where.pk, number="12/BC-UBND", by=actor(stage.receiver), at=NOW)
    found = boards.standing(period, LATE)
    assert (found.sent, found.missing, found.online) == (1, 1, 0)
    assert not boards.summed(period, actor(stage.receiver)).computed.values


def test_the_share_made_online_is_a_measure(stage):
    period = opened(stage)
    sent(sheet(period, stage.here.commune), stage.head)
    ReportPeriod.objects.update(due_at=NOW - timedelta(days=400))
    day = date(2025, 10, 14)
    ids = (stage.here.commune.pk, stage.here.other.pk, stage.here.department.pk)
    with CaptureQueriesContext(connection) as seen:
        found = figures.online_share(ids, day, day)
    assert len(seen) == 1
    assert {unit: (one.value, one.words) for unit, one in found.items()} == {
        ids[0]: (Decimal("100.00"), "1/1 báo cáo đến hạn lập trực tuyến (làm tròn)"),
        ids[1]: (Decimal("0.00"), "0/1 báo cáo đến hạn lập trực tuyến (làm tròn)"),
    }
    assert figures.in_time_share(ids, day, day)[ids[0]].value == 0


def test_the_share_of_a_province_is_that_of_all_its_units(stage):
    period = opened(stage)
    sent(sheet(period, stage.here.commune), stage.head)
    ReportPeriod.objects.update(due_at=NOW - timedelta(days=400))
    day, root = date(2025, 10, 14), stage.here.root.pk
    asked = Sheet.objects.filter(period=period).count()
    told = figures.online_share([root], day, day)[root]
    assert told.words == f"1/{asked} báo cáo đến hạn lập trực tuyến (làm tròn)"
    assert told.value == round(Decimal(100) / asked, 2)


def test_known_figures_stand_in_locked_cells_with_their_source(stage):
    special = [{"row": "mot", "column": "tong", "source": "facts:dossiers.received"}]
    period = opened(stage, content(cells=special))
    where = sheet(period, stage.here.commune)
    row = SheetRow.objects.get(sheet=where)
    assert row.system["tong"] == {
        "value": "0",
        "words": "Đếm từ hồ sơ, 16/11/2026 – 18/11/2026",
        "link": "",
        "until": "2026-11-18",
    }
    with pytest.raises(NotFound):
        put(where, stage.clerk, tong="5")
    put(where, stage.clerk, dat="0")
    assert periods.prefill(period_id=period.pk, by=SYSTEM, at=LATE) == 2
    row.refresh_from_db()
    assert (row.values, row.system["tong"]["until"], row.revision) == ({"dat": "0"}, "2026-11-22", 1)


def test_reminders_go_out_once_before_on_and_after_the_due_day(stage):
    period = opened(stage)
    sent(sheet(period, stage.here.other), stage.stranger)
    told = [jobs.remind_due(DUE - timedelta(days=days)) for days in (6, 5, 1, 0, 0)]
    assert (told, jobs.remind_due(LATE), jobs.remind_due(LATE)) == ([0, 1, 0, 1, 0], 1, 0)
    period.refresh_from_db()
    assert period.reminded == ["before", "due", "late"]
    for entry in Entry.objects.filter(verb="reporting.remind"):
        jobs.tell_units(entry)
        jobs.tell_units(entry)
    titles = set(Notice.objects.filter(account=stage.head).values_list("title", flat=True))
    assert titles == {
        f"{what}: Báo cáo tuần" for what in ("Sắp đến hạn báo cáo", "Hôm nay là hạn báo cáo", "Đã quá hạn báo cáo")
    }
    assert not Notice.objects.filter(account=stage.stranger).exists()


def test_the_asker_hears_what_was_sent_and_the_unit_what_was_given_back(stage):
    where = sent(sheet(opened(stage), stage.here.commune), stage.head)
    jobs.tell_asker(Entry.objects.get(verb="reporting.submit"))
    receiving.give_back(sheet_id=where.pk, reason="Thiếu dòng hai", by=actor(stage.receiver), at=NOW)
    jobs.tell_unit(Entry.objects.get(verb="reporting.give_back"))
    assert Notice.objects.filter(account__in=[stage.receiver, stage.designer]).count() == 2
    assert "Thiếu dòng hai" in Notice.objects.get(account=stage.head).body


def test_a_closed_period_stands_still_until_it_is_opened_again_for_a_reason(stage):
    period = opened(stage)
    where = sent(sheet(period, stage.here.commune), stage.head)
    asker = actor(stage.receiver)
    with pytest.raises(Refusal) as refused:
        periods.close(period_id=period.pk, by=asker, at=LATE)
    assert refused.value.code == "reporting.unfinished"
    receiving.approve(sheet_id=where.pk, by=asker, at=LATE)
    with pytest.raises(NotFound):
        periods.close(period_id=period.pk, by=actor(stage.head), at=LATE)
    periods.close(period_id=period.pk, by=asker, at=LATE)
    other = sheet(period, stage.here.other)
    with pytest.raises(Refusal) as refused:
        put(other, stage.stranger, tong="1")
    assert (refused.value.code, SheetRow.objects.filter(sheet=other).exists()) == ("reporting.sheet_state", False)
    with pytest.raises(Refusal):
        periods.reopen(period_id=period.pk, reason="", by=asker, at=LATE)
    periods.reopen(period_id=period.pk, reason="Xã gửi bổ sung", by=asker, at=LATE)
    assert put(other, stage.stranger, tong="1").filled == 1


@pytest.mark.django_db(transaction=True)
def test_who_sends_while_the_period_is_closed_is_before_it_or_refused(stage):
    period = opened(stage)
    where = sheet(period, stage.here.commune)
    factories.fill(where, stage.head)
    head, asker = actor(stage.head), actor(stage.receiver)
    gave = at_once(
        lambda: filling.submit(sheet_id=where.pk, by=head, at=NOW).state,
        lambda: periods.close(period_id=period.pk, by=asker, at=LATE).state,
    )
    assert set(gave) in ({"submitted", "reporting.unfinished"}, {"closed", "reporting.sheet_state"})


def test_every_verb_has_a_sentence_and_was_written(stage):
    period = opened(stage)
    where = sent(sheet(period, stage.here.commune), stage.head)
    receiving.approve(sheet_id=where.pk, by=actor(stage.receiver), at=NOW)
    verbs = set(Entry.objects.filter(verb__startswith="reporting.").values_list("verb", flat=True))
    assert verbs == {f"reporting.{one}" for one in ("draft", "publish", "assign", "open", "fill", "submit", "approve")}
