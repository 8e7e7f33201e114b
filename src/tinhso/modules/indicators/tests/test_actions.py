"""Writing definitions, targets, figures, notes; files; closing and late corrections."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal as D

import pytest
from django.db import IntegrityError, transaction

from tinhso.kernel.clock.rules.periods import period_of
from tinhso.kernel.errors import NotAllowed, NotFound, Refusal, Stale
from tinhso.kernel.journal.models import Entry
from tinhso.kernel.people.rules import SYSTEM
from tinhso.modules.indicators import forms
from tinhso.modules.indicators.actions import closing, defining, figures, targets
from tinhso.modules.indicators.models import ClosedValue, Figure, Indicator, IndicatorVersion, Note, Target
from tinhso.modules.indicators.queries import definitions
from tinhso.modules.indicators.tests.factories import AT, TODAY, counted, said

pytestmark = pytest.mark.django_db
FIBRE = "households_fibre"
GOOD = {
    "name": "Tỷ lệ hồ sơ trước hạn", "domain": "service", "levels": ["commune"],
    "numerator": {"words": "trước hạn", "source": "facts:dossiers.issued[verdict=early]"},
    "denominator": {"words": "có kết quả", "source": "facts:dossiers.issued"},
}  # fmt: skip


def test_seeds_are_published_once_however_often_they_are_loaded(here):
    defining.load_seeds(at=AT)
    assert Indicator.objects.count() == IndicatorVersion.objects.count() == 76
    assert definitions.one("citizen_satisfaction", TODAY)[0].legal_source == "Yêu cầu của dự án"


def test_a_definition_is_replaced_from_a_day_on(here):
    manager = here.actor("manager")
    first = defining.define("truoc_han", GOOD, valid_from=date(2026, 1, 1), by=manager, at=AT)
    changed = {**GOOD, "name": "Tỷ lệ trước hạn", "tolerance": {"nearly": "0.95", "behind": "0.8"}}
    defining.define("truoc_han", changed, valid_from=date(2026, 7, 1), legal_source="QĐ 5", by=manager, at=AT)
    assert definitions.one("truoc_han", date(2026, 6, 30))[1].name == "Tỷ lệ hồ sơ trước hạn"
    held = definitions.one("truoc_han", TODAY)
    assert (held[1].name, held[1].tolerance.nearly, held[0].number) == ("Tỷ lệ trước hạn", D("0.95"), 2)
    first.refresh_from_db()
    assert first.valid_to == date(2026, 6, 30)
    assert Entry.objects.filter(verb="indicators.define", data__name="Tỷ lệ trước hạn").count() == 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"numerator": {"source": "facts:dossiers.never"}},
        {"numerator": {"source": "facts:dossiers.issued;drop"}},
        {"measure": "lít"},
        {"name": ""},
    ],
)
def test_a_wrong_definition_changes_nothing(here, wrong):
    with pytest.raises(Refusal):
        defining.define("truoc_han", {**GOOD, **wrong}, valid_from=TODAY, by=here.actor("manager"), at=AT)
    assert Indicator.objects.count() == IndicatorVersion.objects.count() == 76


def test_only_managers_define_and_set_targets(here):
    reporter = here.actor("reporter")
    with pytest.raises(NotAllowed):
        defining.define("truoc_han", GOOD, valid_from=TODAY, by=reporter, at=AT)
    with pytest.raises(NotAllowed):
        set_target(reporter, here.province.commune.pk)
    assert not Target.objects.exists()
    assert Indicator.objects.count() == 76


def set_target(by, unit_id, value="80", **more):
    more = {"year": 2026, "document": "Kế hoạch 12", **more}
    return targets.set_target(code=FIBRE, unit_id=unit_id, value=D(value), by=by, at=AT, **more)


def test_a_target_is_set_changed_and_never_over_somebody_elses_change(here):
    manager, unit = here.actor("manager"), here.province.commune.pk
    first = set_target(manager, unit, path=[[6, "70"]], revision=0)
    second = set_target(manager, unit, "85", revision=1)
    assert (first.pk, second.revision, second.path) == (second.pk, 2, [])
    with pytest.raises(Stale):
        set_target(manager, unit, "90", revision=1)
    assert Target.objects.get().value == 85
    entries = Entry.objects.filter(verb="indicators.set_target").order_by("seq")
    assert [(one.data["was"], one.data["value"]) for one in entries] == [("", "80"), ("80", "85")]


@pytest.mark.parametrize(
    "more",
    [
        {"value": "-1"},
        {"year": 1900},
        {"document": " "},
        {"path": [[13, "5"]]},
        {"path": [[12, "70"]]},
        {"path": [[1, "-5"]]},
    ],
)
def test_a_target_that_cannot_be_is_refused(here, more):
    with pytest.raises(Refusal) as refused:
        set_target(here.actor("manager"), here.province.root.pk, **more)
    assert refused.value.code == "indicators.target"
    assert not Target.objects.exists()


def test_a_unit_reports_its_own_figures_only(here):
    reporter, unit = here.actor("reporter"), here.province.commune.pk
    figures.report(said(FIBRE, unit, "2026-Q3", 50, 80), by=reporter, at=AT)
    changed = figures.report(said(FIBRE, unit, "2026-Q3", 55, 80), revision=1, by=reporter, at=AT)
    with pytest.raises(Stale):
        figures.report(said(FIBRE, unit, "2026-Q3", 60, 80), revision=1, by=reporter, at=AT)
    with pytest.raises(NotAllowed):
        figures.report(said(FIBRE, here.province.other.pk, "2026-Q3", 60, 80), by=reporter, at=AT)
    assert Figure.objects.values_list("numerator", "revision", "set_by").get() == (D(55), 2, reporter.account_id)
    assert changed.revision == 2
    data = Entry.objects.filter(verb="indicators.report").order_by("-seq")[0].data
    assert (data["was"], data["is"]) == (["50", "80", ""], ["55", "80", ""])


@pytest.mark.parametrize(
    ("series", "period", "numbers", "words"),
    [
        (FIBRE, "2026-Q3", {"top": -1, "below": 80}, "không được âm"),
        (FIBRE, "2026-Q3", {"top": 90, "below": 80}, "vượt 100%"),
        (FIBRE, "2026-Q3", {"top": 5, "below": 0}, "Mẫu số bằng 0"),
        (FIBRE, "2026-Q3", {"top": 5}, "Thiếu mẫu số"),
        (FIBRE, "2026-Q3", {"below": 5}, "Thiếu tử số"),
        (FIBRE, "2026-Q3", {}, "Ghi tử số"),
        (FIBRE, "2026", {"top": 5, "below": 8}, "theo quý"),
        (FIBRE, "2027-Q1", {"top": 5, "below": 8}, "chưa đến"),
        ("dossiers_on_time", "2026-10", {"top": 5, "below": 8}, "Không có chỉ tiêu nhận số liệu"),
        ("khong_co", "2026-10", {"top": 5}, "Không có chỉ tiêu nhận số liệu"),
    ],
)
def test_a_figure_that_cannot_be_is_refused(here, series, period, numbers, words):
    with pytest.raises(Refusal) as refused:
        figures.report(said(series, here.province.commune.pk, period, **numbers), by=here.actor("reporter"), at=AT)
    assert words in refused.value.message
    assert not Figure.objects.exists()
    assert not Entry.objects.filter(verb="indicators.report").exists()


def test_nothing_of_nothing_is_a_figure(here):
    figures.report(said(FIBRE, here.province.commune.pk, "2026-Q3", 0, 0), by=here.actor("reporter"), at=AT)
    assert Figure.objects.get().denominator == 0


def test_the_database_keeps_one_figure_for_a_period(here):
    row = {"series": FIBRE, "unit": here.province.commune, "since": date(2026, 7, 1), "months": 3, "set_at": AT}
    Figure.objects.create(**row, numerator=1)
    with pytest.raises(IntegrityError), transaction.atomic():
        Figure.objects.create(**row, numerator=2)
    with pytest.raises(IntegrityError), transaction.atomic():
        Figure.objects.create(**{**row, "since": date(2026, 4, 1)})


def row(here, **more):
    return {"Mã chỉ tiêu": FIBRE, "Mã đơn vị": here.province.commune.code, "Kỳ": "2026-Q3", "Tử số": "1.234,5",
            "Mẫu số": "2.000", "Nguồn": "BC 7", **more}  # fmt: skip


@pytest.mark.parametrize(
    ("cells", "words"),
    [
        ({"Tử số": "10" * 11}, "quá lớn"),
        ({"Tử số": "100000000000000000000"}, "quá lớn"),
        ({"Tử số": "-5"}, "không được âm"),
        ({"Tử số": "năm"}, "không phải là số"),
        ({"Tử số": "1,2,3"}, "không phải là số"),
        ({"Tử số": "", "Mẫu số": ""}, "Ghi tử số"),
        ({"Tử số": None, "Mẫu số": None}, "Ghi tử số"),
        ({"Tử số": float("inf")}, "không phải là số"),
        ({"Tử số": "=1+1"}, "không phải là số"),
        ({"Mẫu số": "0"}, "Mẫu số bằng 0"),
        ({"Tử số": "1,00001"}, "4 chữ số"),
        ({"Kỳ": "Quý 3"}, "Kỳ viết như"),
        ({"Mã đơn vị": "xa-0"}, "Không có đơn vị"),
        ({"Mã chỉ tiêu": "x"}, "Không có chỉ tiêu"),
    ],
)
def test_a_wrong_line_of_a_file_is_said_by_its_number_and_nothing_is_written(here, cells, words):
    reporter = here.actor("reporter")
    lines = list(figures.read_rows([row(here), row(here, **{"Kỳ": "2026-Q2"} | cells)], by=reporter, at=AT))
    assert [(one.number, one.said is None) for one in lines] == [(2, False), (3, True)]
    assert words in lines[1].wrong
    with pytest.raises(Refusal, match="Dòng 3"):
        figures.import_lines(lines, by=reporter, at=AT)
    assert not Figure.objects.exists()


def test_a_file_is_written_whole_and_again_over_itself(here):
    reporter = here.actor("reporter")
    rows = [row(here), row(here, **{"Kỳ": "2026-Q2", "Tử số": 5, "Mẫu số": 8.5})]
    for again in (1, 2):
        assert figures.import_lines(figures.read_rows(rows, by=reporter, at=AT), by=reporter, at=AT) == 2
        kept = Figure.objects.order_by("since").values_list("numerator", "denominator", "is_imported", "revision")
        assert list(kept) == [(D(5), D("8.5"), True, again), (D("1234.5"), D(2000), True, again)]
    assert Entry.objects.filter(verb="indicators.import").count() == 2


def test_lines_of_others_and_double_lines_are_wrong(here):
    rows = [row(here), row(here), row(here, **{"Mã đơn vị": here.province.other.code})]
    lines = list(figures.read_rows(rows, by=here.actor("reporter"), at=AT))
    assert [one.wrong for one in lines] == ["", "Trùng với dòng 2.", "Đơn vị này ngoài phạm vi của bạn."]


def test_the_command_leaves_wrong_lines_out(here):
    told = list(figures.run_import([row(here), row(here, **{"Kỳ": "?"})], dry_run=False, by=SYSTEM, at=AT))
    assert told == ["Dòng 3\tLỗi\tKỳ viết như 2026, 2026-Q3 hoặc 2026-11.", "1 dòng đã ghi, 1 dòng lỗi"]
    assert Figure.objects.count() == 1


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("a.xlsm", b"PK", "macro"),
        ("a.xls", b"", "macro"),
        ("a.pdf", b"%PDF", "Chỉ nhận"),
        ("a.xlsx", b"no zip at all", "không mở được"),
        ("a.csv", b"\xff\xfe\x00", "UTF-8"),
        ("a.csv", b"", "Tệp trống"),
        ("a.csv", b"a\n" + b"1\n" * 5001, "hơn 5000 dòng"),
    ],
)
def test_files_that_are_none_are_refused_in_words(name, content, words):
    with pytest.raises(Refusal) as refused:
        forms.rows_of(content, name)
    assert words in refused.value.message


def test_csv_with_semicolons_and_empty_lines_at_the_end_is_read():
    content = "\ufeffMã;Tử số\nx;1,5\n;\n;\n".encode()
    assert forms.rows_of(content, "a.CSV") == [{"Mã": "x", "Tử số": "1,5"}]


@pytest.mark.parametrize("text", ["13", "a: 5", "3 60", "3: x", "333: 5"])
def test_a_path_that_cannot_be_read_is_refused(text):
    with pytest.raises(Refusal):
        forms.path_from(text)


def test_a_path_is_read_as_people_write_it():
    assert forms.path_from("T3: 60; 6: 72,5\n9:80;") == [[3, "60"], [6, "72.5"], [9, "80"]]


def test_a_note_has_causes_and_stays(here):
    reporter, unit, period = here.actor("reporter"), here.province.commune.pk, period_of("2026-Q3")
    told = {"code": FIBRE, "unit_id": unit, "period": period, "actions": "", "at": AT}
    targets.add_note(causes="Chưa có cáp về ấp", by=reporter, **told)
    for causes, by, error in (("", reporter, Refusal), ("Chưa có cáp", here.actor("other"), NotAllowed)):
        with pytest.raises(error):
            targets.add_note(causes=causes, by=by, **told)
    with pytest.raises(NotFound):
        targets.add_note(causes="Chưa có cáp", by=reporter, **{**told, "code": "khong_co"})
    assert Note.objects.values_list("causes", flat=True).get() == "Chưa có cáp về ấp"


def kept(code):
    rows = ClosedValue.objects.filter(indicator__code=code, unit__kind="province").order_by("since", "number")
    return [(row.since.month, row.number, row.numerator, row.denominator) for row in rows]


def test_periods_that_are_over_are_kept_and_a_late_correction_leaves_a_trace(here):
    unit = here.province.commune.pk
    counted("dossiers.issued", unit, date(2026, 9, 2), 9, "early")
    counted("dossiers.issued", unit, date(2026, 9, 3), 1, "late")
    counted("dossiers.issued", unit, date(2026, 11, 3), 1, "late")
    assert closing.close(by=SYSTEM, at=AT) > 0
    assert kept("dossiers_on_time") == [(9, 1, D(9), D(10)), (10, 1, D(0), D(0))]
    assert closing.close(by=SYSTEM, at=AT) == 0
    counted("dossiers.issued", unit, date(2026, 9, 30), 10, "late")
    closing.close(by=SYSTEM, at=AT + timedelta(days=1))
    assert kept("dossiers_on_time") == [(9, 1, D(9), D(10)), (9, 2, D(9), D(20)), (10, 1, D(0), D(0))]
    entry = Entry.objects.get(verb="indicators.correct", data__code="dossiers_on_time")
    assert (entry.data["was"], entry.data["value"], entry.data["period"]) == ("90,00%", "45,00%", "Tháng 9/2026")


def test_a_corrected_figure_counts_again_what_it_touches_and_nothing_else(here):
    reporter, unit = here.actor("reporter"), here.province.commune.pk
    figures.report(said(FIBRE, unit, "2026-Q2", 50, 80), by=reporter, at=AT)
    figures.report(said(FIBRE, unit, "2026-Q1", 40, 80), by=reporter, at=AT)
    closing.close(by=SYSTEM, at=AT)
    assert kept(FIBRE) == [(1, 1, D(40), D(80)), (4, 1, D(50), D(80))]
    figures.report(said(FIBRE, unit, "2026-Q2", 60, 80), by=reporter, at=AT)
    assert kept(FIBRE) == [(1, 1, D(40), D(80)), (4, 1, D(50), D(80)), (4, 2, D(60), D(80))]
    assert Entry.objects.filter(verb="indicators.correct").count() == 1
