"""From facts to tallies and scores: what counts when, what is late, what is closed and stays."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from tinhso.kernel.cases.models import Case
from tinhso.kernel.cases.rules import Phase
from tinhso.kernel.clock.rules.periods import Period, period_of
from tinhso.kernel.errors import Refusal
from tinhso.kernel.facts.models import DayFigure, Fact
from tinhso.kernel.journal.models import Entry
from tinhso.kernel.manifest import registry
from tinhso.kernel.people.rules import SYSTEM
from tinhso.modules.satisfaction import door as satisfaction
from tinhso.modules.service_quality import actions, jobs
from tinhso.modules.service_quality.actions import reading
from tinhso.modules.service_quality.models import CountedPeriod, MonthTally, Score, Supplied, Work
from tinhso.modules.service_quality.queries import scores
from tinhso.modules.service_quality.tests.conftest import TODAY
from tinhso.modules.service_quality.tests.factories import (
    BIRTH,
    answered,
    at,
    fact,
    move,
    petition,
    received,
    resolved,
    withdrawn,
)

pytestmark = pytest.mark.django_db
NOVEMBER = Period(date(2026, 11, 1), 1)


def count(today: date = TODAY) -> list[Period]:
    return actions.refresh(at=at(today))


def score(unit=None, period=NOVEMBER, **place) -> Score:
    found = scores.one(period, unit_id=unit.pk if unit else None, **place)
    assert found is not None
    return found


def part(row: Score, code: str) -> tuple[int, int, Decimal]:
    top, bottom, points, _how = row.points[code]
    return top, bottom, Decimal(points)


def test_the_index_counts_received_finished_and_late_dossiers(told):
    row = score(told.commune)
    assert row.handled == 5
    assert part(row, "2.1") == (4, 5, Decimal(16))
    assert part(row, "3.3") == (4, 5, Decimal(6))  # 80 % is above the 50 % that give all points
    assert part(row, "4.1") == (0, 5, Decimal(0))
    assert part(row, "5.2") == (0, 0, Decimal(6))
    assert (row.rank, row.ranked) == (2, 2)
    assert score(told.other).rank == 1


def test_the_province_and_the_levels_are_the_sums_of_their_units(told):
    assert part(score(), "2.1") == (6, 7, (Decimal(120) / 7).quantize(Decimal("0.000001")))
    assert score(level="xa").handled == 7
    assert score(procedure=BIRTH).handled == 6


def test_months_quarters_and_years_are_scored_alike(told):
    for code in ("2026-11", "2026-q4", "2026"):
        assert part(score(told.commune, period_of(code)), "2.1")[:2] == (4, 5)


def test_what_stands_open_and_overdue_is_late_and_what_is_paused_is_not(here):
    received(here.commune, date(2026, 11, 2), due=date(2026, 11, 19))
    received(here.commune, date(2026, 11, 2), due=TODAY)
    paused = received(here.commune, date(2026, 11, 2), due=date(2026, 11, 10))
    Case.objects.filter(pk=paused.pk).update(phase=Phase.PAUSED)
    count()
    assert part(score(here.commune), "2.1") == (2, 3, (Decimal(40) / 3).quantize(Decimal("0.000001")))


def test_a_second_request_for_more_papers_makes_a_dossier_late_however_early_it_was(here):
    case = received(here.commune, date(2026, 11, 2))
    for day in (3, 4):
        fact(case, "dossiers.supplement_asked", date(2026, 11, day))
    resolved(case, date(2026, 11, 5), "early")
    once = received(here.commune, date(2026, 11, 2))
    fact(once, "dossiers.supplement_asked", date(2026, 11, 3))
    count()
    assert part(score(here.commune), "2.1")[:2] == (1, 2)


def test_what_is_carried_over_counts_once_in_a_quarter(here):
    received(here.commune, date(2026, 10, 5), due=date(2026, 10, 20))
    count()
    assert part(score(here.commune, period_of("2026-10")), "2.1")[:2] == (0, 1)
    assert part(score(here.commune), "2.1")[:2] == (0, 1)
    assert part(score(here.commune, period_of("2026-q4")), "2.1")[:2] == (0, 1)


def test_withdrawn_dossiers_are_handled_but_not_finished_and_linked_parents_do_not_count(here):
    withdrawn(received(here.commune, date(2026, 11, 2)), date(2026, 11, 5))
    fact(received(here.commune, date(2026, 11, 2)), "dossiers.linked", date(2026, 11, 2))
    count()
    row = score(here.commune)
    assert (part(row, "2.1")[:2], part(row, "4.1")[:2]) == ((1, 1), (0, 0))


def test_results_digitisation_reuse_and_payments_come_from_their_facts(here, monkeypatch):
    case = received(here.commune, date(2026, 11, 2))
    for name in ("vault.digitised", "vault.reused", "payments.paid_online", "national_portal.synced"):
        fact(case, name, date(2026, 11, 3))
    resolved(case, date(2026, 11, 4), "on_time", "dossiers.returned_online")
    plain = resolved(received(here.commune, date(2026, 11, 2)), date(2026, 11, 4))
    marks = reading.dossiers.Marks(proven=frozenset({plain.pk}), owing=frozenset({plain.pk}))
    monkeypatch.setattr(reading.dossiers, "marks", lambda ids: marks)
    count()
    row = score(here.commune)
    found = {code: part(row, code)[:2] for code in ("1.4", "3.6", "4.1", "4.2", "4.3", "4.4", "4.5b")}
    assert found == dict.fromkeys(found, (1, 2))
    assert part(row, "4.5a")[:2] == (1, 2)  # one of the two procedures for persons


def test_only_petitions_about_the_service_count_and_late_or_disliked_ones_cost(here):
    received(here.commune, date(2026, 11, 2))
    answered(petition(here.commune, date(2026, 11, 2)), date(2026, 11, 4), score="5")
    answered(petition(here.commune, date(2026, 11, 2)), date(2026, 11, 4), score="1")
    answered(petition(here.commune, date(2026, 11, 2)), date(2026, 11, 12), "late")
    petition(here.commune, date(2026, 11, 2), due=date(2026, 11, 9))
    answered(petition(here.commune, date(2026, 11, 2), category="TM01"), date(2026, 11, 12), "late")
    count()
    row = score(here.commune)
    assert part(row, "5.2") == (2, 4, Decimal(3))
    assert part(row, "5.3") == (1, 4, Decimal("1.5"))


def test_dissatisfied_answers_are_counted_and_certified_copies_belong_to_communes(here, monkeypatch):
    for _ in range(10):
        resolved(received(here.commune, date(2026, 11, 2)), date(2026, 11, 4))
    received(here.department, date(2026, 11, 2), procedure="1.009999")
    monkeypatch.setattr(satisfaction, "dissatisfied", lambda month: {(here.commune.pk, BIRTH): 2})
    DayFigure.objects.create(
        name="vault.copies_certified", on=date(2026, 11, 3), unit=here.shop, key="{}", dims={}, number=3
    )
    count()
    row = score(here.commune)
    assert part(row, "5.4") == (8, 10, (Decimal(6) * 8 / 9).quantize(Decimal("0.000001")))
    assert part(row, "4.6") == (1, 1, Decimal(2))
    assert score(here.department).points["4.6"] == [None, None, None, "skipped"]
    assert score(here.department).most == row.most - 2


def test_units_without_dossiers_have_no_score_and_no_rank(told):
    assert scores.one(NOVEMBER, unit_id=told.department.pk) is None
    assert {row.unit_id for row in Score.objects.filter(unit__isnull=False)} == {told.commune.pk, told.other.pk}


def test_what_nobody_supplied_has_no_points_and_no_maximum_until_it_is_supplied(told):
    assert score().points["1.1"] == [None, None, None, "missing"]
    before = score(told.commune).most
    rows = [
        {"month": "2026-11", "name": "published", "number": 45, "source": "Công văn minh họa"},
        {"month": "2026-11", "name": "published_on_time", "number": 40, "source": "Công văn minh họa"},
        {"month": "2026-13", "name": "published", "number": 1, "source": "x"},
        {"month": "2026-11", "name": "published", "number": "-1", "source": "x"},
        {"month": "2026-11", "name": "nonsense", "number": 1, "source": "x"},
        {"month": "2026-11", "name": "updated", "number": 1, "source": " "},
    ]
    lines = list(actions.supply(rows, dry_run=False, by=SYSTEM, at=at(TODAY)))
    assert [line.split("\t")[1] for line in lines] == ["Đã nhận"] * 2 + ["Lỗi"] * 4
    count()
    assert part(score(), "1.1") == (40, 45, Decimal("5.333333"))
    assert score(told.commune).points["1.1"] == [40, 45, "5.333333", "inherited"]
    assert score(told.commune).most == before + 6


def test_a_month_closes_five_days_after_its_end_and_stays_as_it_was(here):
    case = received(here.commune, date(2026, 10, 5), due=date(2026, 10, 20))
    assert count(date(2026, 11, 5)) == []
    assert [one.code for one in count(date(2026, 11, 6))] == ["2026-10"]
    october = MonthTally.objects.filter(month=date(2026, 10, 1)).values("month", "open_late")
    before = (score(here.commune, period_of("2026-10")).total, list(october))
    resolved(case, date(2026, 10, 19), "early")
    assert count(TODAY) == []
    assert (score(here.commune, period_of("2026-10")).total, list(october.all())) == before
    assert scores.one(NOVEMBER, unit_id=here.commune.pk) is None
    said = Entry.objects.get(verb="service_quality.close")
    assert (said.data["month"], said.data["units"]) == ("tháng 10/2026", 1)


def test_a_quarter_and_a_year_close_with_their_last_month(here):
    received(here.commune, date(2026, 12, 5))
    closed = count(date(2027, 1, 6))
    assert [one.code for one in closed] == ["2026-12", "2026-q4", "2026"]
    assert CountedPeriod.objects.filter(closed_at__isnull=True).count() == 3  # January, its quarter, its year


def test_counting_again_gives_the_same_and_a_closed_month_takes_no_more_numbers(here):
    resolved(received(here.commune, date(2026, 10, 5)), date(2026, 10, 8))
    received(here.commune, date(2026, 11, 5))
    count()
    kept = [list(model.objects.order_by("pk").values()) for model in (Score, MonthTally)]
    count()
    assert [list(model.objects.order_by("pk").values()) for model in (Score, MonthTally)] == kept  # not written again
    row = {"month": "2026-10", "name": "published", "number": 1, "source": "Công văn"}
    assert "đã chốt" in next(iter(actions.supply([row], dry_run=False, by=SYSTEM, at=at(TODAY))))
    assert not Supplied.objects.exists()


def test_only_cases_with_new_entries_are_looked_at_again(told):
    reading.read()
    assert reading.read() == 0
    case = received(told.commune, date(2026, 11, 18))
    assert reading.read() == 1
    assert reading.read() == 1  # once more: what was being written meanwhile is read too
    assert reading.read() == 0
    assert Work.objects.filter(case=case, is_online=True).exists()
    move(case, told.other)
    fact(case, "dossiers.apologies", date(2026, 11, 19))
    reading.read()
    assert Work.objects.get(case=case).unit_id == told.other.pk


def test_a_dossier_that_lost_its_reception_is_taken_out(told):
    case = Case.objects.filter(kind="dossier").first()
    Fact.objects.filter(case=case, name__startswith="dossiers.received").delete()
    reading.look_at("dossier", [case.pk])
    assert not Work.objects.filter(case=case).exists()


def test_a_period_is_computed_again_from_its_kept_inputs_and_a_changed_point_is_found(told):
    assert list(jobs.recompute(["2026-11"]))[-1] == "identical"
    row = score(told.commune)
    row.points["2.1"][2] = "20"
    row.save(update_fields=["points"])
    with pytest.raises(Refusal, match="different in 1 places"):
        list(jobs.recompute(["2026-11"]))
    for wrong in ([], ["2019-01"], ["nonsense"]):
        with pytest.raises(Refusal, match="Cách dùng"):
            list(jobs.recompute(wrong))


def test_counting_by_command_tells_each_period(here):
    received(here.commune, date(2026, 1, 5))
    lines = list(jobs.count([]))
    assert lines[-1].endswith("periods closed")
    assert any(line.startswith("2026-01\t") for line in lines)


def test_the_total_and_each_component_are_measures_for_others(told):
    total = registry.measures["service_quality.total"].values([told.commune.pk, told.department.pk], *days())
    assert set(total) == {told.commune.pk}
    assert total[told.commune.pk].value == score(told.commune).share
    late = registry.measures["service_quality.2.1"].values([told.commune.pk], *days())[told.commune.pk]
    assert (late.value, late.words) == (Decimal(16), "4/5, Tháng 11/2026")
    assert late.link == f"/chi-so-phuc-vu/{told.commune.code}/?ky=2026-11"
    assert registry.measures["service_quality.1.1"].values([told.commune.pk], *days()) == {}
    assert registry.measures["service_quality.total"].values([told.commune.pk], date(2026, 11, 2), TODAY) == {}
    year = registry.measures["service_quality.2.1"].values([told.root.pk], date(2026, 1, 1), TODAY)[told.root.pk]
    assert (str(year.value), year.words) == ("17.142857", "6/7, Năm 2026")  # of a year that is still running


def days() -> tuple[date, date]:
    return NOVEMBER.since, NOVEMBER.until
