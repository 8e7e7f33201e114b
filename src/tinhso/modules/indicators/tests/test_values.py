"""Values by period and by unit: from facts, from figures, over merged units, at the same cost however many cases."""

from __future__ import annotations

import dataclasses
from datetime import date, timedelta
from decimal import Decimal as D

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tinhso.kernel.clock.rules.periods import period_of
from tinhso.kernel.journal.models import Entry
from tinhso.kernel.manifest import Measured, registry
from tinhso.kernel.people.rules import SYSTEM
from tinhso.kernel.units.models import Succession, Unit
from tinhso.kernel.units.queries import forget, tree
from tinhso.modules.indicators.actions import closing, figures
from tinhso.modules.indicators.models import Indicator, Target
from tinhso.modules.indicators.queries import boards, definitions, pages, public, selections, values
from tinhso.modules.indicators.rules.definitions import Definition, Part
from tinhso.modules.indicators.rules.values import Point
from tinhso.modules.indicators.rules.words import Verdict
from tinhso.modules.indicators.tests.factories import AT, TODAY, counted, said

pytestmark = pytest.mark.django_db
ON_TIME = "dossiers_on_time"


def known(code: str) -> Definition:
    found = definitions.one(code, TODAY)
    assert found is not None
    return found[1]


def course(code: str, unit_id: int, since: date = date(2026, 1, 1)) -> dict[str, tuple[D | None, D | None]]:
    found = values.courses([known(code)], unit_id, since, TODAY)[code]
    return {period.code: (point.numerator, point.denominator) for period, point in found.items()}


def some_dossiers(unit_id: int) -> None:
    counted("dossiers.issued", unit_id, date(2026, 9, 30), 7, "early")
    counted("dossiers.issued", unit_id, date(2026, 9, 1), 2, "on_time")
    counted("dossiers.signed", unit_id, date(2026, 9, 2), 1, "late")
    counted("dossiers.refused", unit_id, date(2026, 11, 2), 4, "early")


def test_facts_by_month_with_their_verdicts(here):
    some_dossiers(here.province.commune.pk)
    expected = {"2026-09": (D(9), D(10)), "2026-10": (D(0), D(0)), "2026-11": (D(4), D(4))}
    assert course(ON_TIME, here.province.commune.pk) == expected
    assert course(ON_TIME, here.province.root.pk) == expected
    assert course(ON_TIME, here.province.other.pk) == {}


def test_who_did_everything_late_did_nothing_in_time(here):
    commune, other = here.province.commune.pk, here.province.other.pk
    counted("dossiers.signed", commune, date(2026, 10, 5), 3, "late")
    assert course(ON_TIME, commune) == {"2026-10": (D(0), D(3))}
    found = values.by_unit(known(ON_TIME), [commune, other], date(2026, 1, 1), date(2026, 11, 30))
    assert {unit: (point.numerator, point.denominator) for unit, point in found.items()} == {commune: (D(0), D(3))}


def test_what_a_division_did_counts_for_its_commune_and_the_province_once(here):
    some_dossiers(here.province.shop.pk)
    some_dossiers(here.province.other.pk)
    assert course(ON_TIME, here.province.commune.pk)["2026-09"] == (D(9), D(10))
    assert course(ON_TIME, here.province.root.pk)["2026-09"] == (D(18), D(20))
    asked = {here.province.commune.pk, here.province.root.pk, here.province.other.pk, here.province.department.pk}
    found = values.by_unit(known(ON_TIME), asked, date(2026, 9, 1), date(2026, 9, 30))
    assert {unit: (point.numerator, point.denominator) for unit, point in found.items()} == {
        here.province.commune.pk: (D(9), D(10)),
        here.province.other.pk: (D(9), D(10)),
        here.province.root.pk: (D(18), D(20)),
    }


def test_part_of_a_month_is_counted_by_days(here):
    some_dossiers(here.province.commune.pk)
    unit = here.province.commune.pk
    found = values.by_unit(known(ON_TIME), {unit}, date(2026, 9, 2), date(2026, 9, 30))
    assert found[unit] == Point(D(7), D(8))


def test_other_dimensions_come_from_day_figures(here):
    unit = here.province.commune.pk
    counted("dossiers.filed_online", unit, date(2026, 10, 3), 5, channel="online")
    counted("dossiers.filed_online", unit, date(2026, 10, 4), 3, channel="post")
    one = Definition("thu", "Thử", "service", "count", Part("", "facts:dossiers.filed_online[channel=online]"), None)
    found = values.courses([one], unit, date(2026, 10, 1), TODAY)["thu"]
    assert [point.numerator for point in found.values()] == [D(5), D(0)]
    assert values.by_unit(one, {unit}, date(2026, 10, 1), date(2026, 10, 31))[unit].numerator == 5


def test_a_merged_unit_goes_on_in_its_heir_and_keeps_its_own_past(here):
    """Projected, not counted: the rows stay with the unit of their day."""
    before = Unit.objects.create(
        code="xa-cu", name="Xã Cũ", short_name="X. Cũ", kind="commune", level="xa", commune_kind="xa",
        parent=here.province.root, begins_on=date(2000, 1, 1), ends_on=date(2026, 8, 31),
    )  # fmt: skip
    Succession.objects.create(
        predecessor=before, successor=here.province.commune, happened_on=date(2026, 9, 1), is_main=True
    )
    forget()
    counted("dossiers.issued", before.pk, date(2026, 8, 3), 6, "early")
    counted("dossiers.issued", here.province.commune.pk, date(2026, 9, 3), 2, "late")
    figures.report(said("households_fibre", before.pk, "2026-Q2", 60, 100), by=here.actor("manager"), at=AT)
    assert course(ON_TIME, here.province.commune.pk) == {
        "2026-08": (D(6), D(6)), "2026-09": (D(0), D(2)), "2026-10": (D(0), D(0)), "2026-11": (D(0), D(0)),
    }  # fmt: skip
    assert course(ON_TIME, before.pk)["2026-08"] == (D(6), D(6))
    assert course("households_fibre", here.province.commune.pk) == {"2026-q2": (D(60), D(100))}
    assert course("households_fibre", here.province.root.pk) == {"2026-q2": (D(60), D(100))}
    asked = {before.pk, here.province.commune.pk, here.province.root.pk}
    found = values.by_unit(known(ON_TIME), asked, date(2026, 8, 1), date(2026, 8, 31))
    assert {unit: point.numerator for unit, point in found.items()} == dict.fromkeys(asked, D(6))
    assert "Xã Cũ" in values.came_together(here.province.commune.pk)


def test_figures_of_communes_add_up_until_the_province_gives_its_own(here):
    manager = here.actor("manager")
    for unit, top, below in ((here.province.commune, 30, 40), (here.province.other, 10, 60)):
        figures.report(said("households_fibre", unit.pk, "2026-Q3", top, below), by=manager, at=AT)
    found = values.courses([known("households_fibre")], here.province.root.pk, date(2026, 1, 1), TODAY)
    assert list(found["households_fibre"].values()) == [Point(D(40), D(100), units=2)]
    figures.report(said("households_fibre", here.province.root.pk, "2026-Q3", 70, 100), by=manager, at=AT)
    assert course("households_fibre", here.province.root.pk) == {"2026-q3": (D(70), D(100))}


def test_a_value_that_was_only_published_stands_as_it_is(here):
    unit = here.province.root.pk
    figures.report(
        said("services_with_online_dossiers", unit, "2022-09", value="28.61"), by=here.actor("manager"), at=AT
    )
    Target.objects.create(
        indicator=Indicator.objects.get(code="services_with_online_dossiers"), unit_id=unit, year=2022, value=80,
        document="Chỉ tiêu 2022", set_at=AT,
    )  # fmt: skip
    rows = {row.definition.code: row for row in boards.board(tree().nodes[unit], 2022, TODAY).rows}
    row = rows["services_with_online_dossiers"]
    assert (str(row.shown.value), row.verdict, str(row.gap)) == ("28.61", Verdict.FAR_BEHIND, "51.39")


def test_the_board_judges_the_year_so_far_against_the_path(here):
    unit = here.province.commune.pk
    some_dossiers(unit)
    Target.objects.create(
        indicator=Indicator.objects.get(code=ON_TIME), unit_id=unit, year=2026, value=95, path=[[0, "84"]],
        document="Kế hoạch xã", set_at=AT,
    )  # fmt: skip
    board = boards.board(tree().nodes[unit], 2026, TODAY)
    rows = {row.definition.code: row for row in board.rows}
    row = rows[ON_TIME]
    assert (str(row.shown.value), str(row.plan_shown), row.verdict) == ("92.85", "94.08", Verdict.NEARLY)
    assert board.counts[Verdict.NEARLY] == 1
    assert board.documents == ["Kế hoạch xã"]
    assert rows["dossiers_late_share"].verdict is Verdict.NO_TARGET
    assert "adults_smartphone" not in rows
    assert "adults_smartphone" in {
        row.definition.code for row in boards.board(tree().nodes[unit], 2026, TODAY, everything=True).rows
    }


def test_five_years_by_month_cost_the_same_for_ten_dossiers_and_ten_million(here):
    unit = here.province.root.pk
    version, one = definitions.one(ON_TIME, TODAY)

    def asked() -> tuple[int, int]:
        with CaptureQueriesContext(
            connection,
        ) as seen:
            found = pages.page(version, one, tree().nodes[unit], 2026, TODAY)
        return sum("treeversion" not in one["sql"] for one in seen), len(found.course)

    some_dossiers(here.province.commune.pk)
    assert asked() == (4, 59)
    day = date(2022, 1, 5)
    while day < TODAY:
        counted("dossiers.issued", here.province.commune.pk, day, 100_000, "early")
        day += timedelta(days=31)
    assert asked() == (4, 59)


def test_a_board_costs_three_statements_whatever_it_shows(here):
    """Indicators with their targets, months of facts, series; beside what other modules measure."""
    some_dossiers(here.province.commune.pk)
    for _ in range(2):  # the first time definitions are read
        with CaptureQueriesContext(connection) as seen:
            boards.board(tree().nodes[here.province.commune.pk], 2026, TODAY, everything=True)
    others = ("service_quality", "reporting", "treeversion")
    assert sum(not any(name in one["sql"] for name in others) for one in seen) == 3


def test_every_indicator_is_a_measure_that_others_may_take(here):
    unit, root = here.province.commune.pk, here.province.root.pk
    some_dossiers(unit)
    declared = registry.measures[f"indicators.{ON_TIME}"]
    found = declared.values([unit, root, here.province.other.pk], date(2026, 9, 1), date(2026, 9, 30))
    assert {one: str(measured.value) for one, measured in found.items()} == {unit: "90.0000", root: "90.0000"}
    assert found[unit].link == f"/lam-viec/chi-tieu/ma/{ON_TIME}/?don-vi={here.province.commune.code}&nam=2026"
    assert len([code for code in registry.measures if code.startswith("indicators.")]) == 76


def test_what_another_module_measures_is_kept_month_by_month(here, monkeypatch):
    """Once a month is over its value stays, a later correction is traced, the running month is asked anew."""
    root, told = here.province.root.pk, {9: D("71.5"), 10: D("72.25"), 11: D(73)}

    def values_of(unit_ids, since, until):
        found = told.get(since.month) if until >= date(2026, 9, 1) and since.month == until.month else None
        return {} if found is None else {root: Measured(found, "điểm")}

    source = registry.measures["service_quality.total"]
    monkeypatch.setitem(registry.measures, source.code, dataclasses.replace(source, values=values_of))
    closing.close(by=SYSTEM, at=AT)
    version, definition = definitions.one("service_quality_index", TODAY)
    told[9], told[11] = D("70"), D("74.5")

    def course():
        found = pages.page(version, definition, tree().nodes[root], 2026, TODAY)
        return [(one.period.code, str(one.point.published.normalize())) for one in found.rows]

    assert course() == [("2026-11", "74.5"), ("2026-10", "72.25"), ("2026-09", "71.5")]
    assert closing.close(by=SYSTEM, at=AT) == 1
    assert course()[-1] == ("2026-09", "7E+1")
    assert Entry.objects.get(verb="indicators.correct").data["was"].startswith("71,5")
    assert [str(row.point.published.normalize()) for row in public.one(definition.code, 2026, TODAY).rows] == [
        "72.25", "7E+1",
    ]  # fmt: skip


def test_a_number_and_its_selection_agree(here):
    some_dossiers(here.province.commune.pk)
    part = known(ON_TIME).numerator
    period = period_of("2026-09")
    assert selections.total_of(part, here.province.root.pk, period) == 9
    found = selections.behind(part, here.province.root.pk, period, here.actor("manager"), None)
    assert (found.total, found.lines, found.more) == (9, [], "")
