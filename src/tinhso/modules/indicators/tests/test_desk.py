"""Officials' pages: boards, an indicator, its units and cases, what people write, files in and out."""

from __future__ import annotations

import csv
import dataclasses
import io
from datetime import date
from decimal import Decimal as D

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from openpyxl import Workbook, load_workbook

from tinhso.kernel.manifest import Measured, registry
from tinhso.modules.indicators.models import Figure, Indicator, IndicatorVersion, Note, Target
from tinhso.modules.indicators.tests.factories import AT, counted

pytestmark = pytest.mark.django_db
HOME = "/lam-viec/chi-tieu/"
ON_TIME = f"{HOME}ma/dossiers_on_time/"
FIBRE = f"{HOME}ma/households_fibre/"


@pytest.fixture
def browse(here):
    """A browser for each of the people."""

    def browser(name: str) -> Client:
        client = Client()
        client.force_login(getattr(here, name), backend="django.contrib.auth.backends.ModelBackend")
        return client

    return browser


def text(answer) -> str:
    return " ".join(answer.content.decode().split())


def target(here, code="dossiers_on_time", value=95, unit=None, **more):
    return Target.objects.create(
        indicator=Indicator.objects.get(code=code), unit=unit or here.province.root, year=2026, value=value,
        document="Kế hoạch 12/KH-UBND", set_at=AT, **more,
    )  # fmt: skip


def some_dossiers(here):
    counted("dossiers.issued", here.province.commune.pk, date(2026, 9, 2), 2, "early")
    counted("dossiers.issued", here.province.commune.pk, date(2026, 10, 2), 1, "late")


def test_the_provinces_board_tells_verdicts_and_what_falls_short_first(here, browse):
    some_dossiers(here)
    target(here)
    page = text(browse("viewer").get(HOME))
    assert "Cần chỉ đạo" in page
    assert "66,66%" in page  # two of three, cut and not rounded
    assert "đã cắt bớt" in page
    assert "kém kế hoạch đến kỳ 28,33 điểm" in page
    assert "Chậm" in page
    assert "Kế hoạch 12/KH-UBND" in page


def test_an_empty_board_says_so(here, browse):
    assert "Chưa có chỉ tiêu nào" in text(browse("viewer").get(f"{HOME}?don-vi={here.province.department.code}"))


def test_numbers_open_onto_their_cases(here, browse):
    some_dossiers(here)
    page = text(browse("viewer").get(ON_TIME))
    assert f'href="{ON_TIME}ho-so/?don-vi=H53&amp;nam=2026&amp;ky=2026-09&amp;phan=tu-so"' in page
    listed = text(browse("viewer").get(f"{ON_TIME}ho-so/?ky=2026-09&phan=tu-so"))
    assert "2 lượt đếm" in listed


@pytest.mark.parametrize("path", ["don-vi/", "ho-so/", "du-lieu.csv", "du-lieu.xlsx", ""])
def test_every_page_of_an_indicator_stands_without_any_figure(here, browse, path):
    assert browse("viewer").get(ON_TIME + path).status_code == 200


@pytest.mark.parametrize("path", ["", "da-cong-bo/", "dinh-nghia/", "bang.csv", "bang.xlsx", "ma/dti_value/"])
def test_pages_are_for_officials_with_the_right(here, browse, path):
    assert browse("viewer").get(HOME + path).status_code == 200
    assert browse("newcomer").get(HOME + path).status_code == 403
    assert Client().get(HOME + path).status_code == 302


@pytest.mark.parametrize("query", ["?don-vi=xa-0", "?don-vi=H53&nam=2026%00", "?nam=abc", "?nam=2099", "?ky=x&sau=zz"])
def test_strange_questions_get_a_page_or_nothing(here, browse, query):
    assert browse("viewer").get(ON_TIME + query).status_code in (200, 404)
    assert browse("viewer").get(f"{ON_TIME}ho-so/{query}").status_code in (200, 404)
    assert browse("viewer").get(f"{HOME}ma/khong_co/{query}").status_code == 404


def test_an_indicators_page_costs_eight_statements(here, browse):
    some_dossiers(here)
    target(here)
    client = browse("viewer")
    client.get(ON_TIME)
    with CaptureQueriesContext(connection) as seen:
        client.get(ON_TIME)
    assert sum("treeversion" not in one["sql"] for one in seen) == 8  # which is asked for every five seconds


def test_a_unit_writes_its_figure_and_sees_what_is_wrong(here, browse):
    place = f"?don-vi={here.province.commune.code}"
    client = browse("reporter")
    said = {"period": "2026-Q3", "numerator": "1.200", "denominator": "1.500", "source": "BC 9"}
    answer = client.post(f"{FIBRE}so-lieu/{place}", said)
    assert (answer.status_code, answer["Location"]) == (302, f"{FIBRE}{place}&nam=2026#so-lieu")
    assert Figure.objects.values_list("numerator", "denominator").get() == (D(1200), D(1500))
    assert "80%" in text(client.get(FIBRE + place))
    wrong = client.post(f"{FIBRE}so-lieu/{place}", {**said, "numerator": "1.600"})
    assert wrong.status_code == 422
    assert "vượt 100%" in text(wrong)
    assert client.post(f"{FIBRE}so-lieu/", said).status_code == 403
    assert Figure.objects.get().numerator == 1200


def test_a_manager_sets_a_target_with_its_path(here, browse):
    said = {"value": "85", "path": "3: 70; 6: 75", "document": "Kế hoạch 12", "revision": "0"}
    assert browse("manager").post(f"{FIBRE}muc-tieu/", said).status_code == 302
    assert Target.objects.values_list("value", "path").get() == (D(85), [[3, "70"], [6, "75"]])
    page = browse("manager").post(f"{FIBRE}muc-tieu/", {**said, "path": "tháng ba"})
    assert page.status_code == 422
    assert "Lộ trình viết như" in text(page)
    assert browse("manager").post(f"{FIBRE}muc-tieu/", said).status_code == 409
    assert browse("reporter").post(f"{FIBRE}muc-tieu/", said).status_code == 403
    assert Target.objects.get().revision == 1


def test_notes_of_causes_and_actions(here, browse):
    place = f"?don-vi={here.province.commune.code}"
    client = browse("reporter")
    said = {"period": "2026-Q3", "causes": "Thiếu cáp về ấp <b>", "actions": "Kéo cáp trong quý 4"}
    assert client.post(f"{FIBRE}ghi-chu/{place}", said).status_code == 302
    page = text(client.get(FIBRE + place))
    assert "Thiếu cáp về ấp &lt;b&gt;" in page
    assert "Kéo cáp trong quý 4" in page
    assert browse("other").post(f"{FIBRE}ghi-chu/{place}", said).status_code == 403
    assert Note.objects.count() == 1


def sheet(rows) -> SimpleUploadedFile:
    book = Workbook()
    for row in rows:
        book.active.append(row)
    kept = io.BytesIO()
    book.save(kept)
    return SimpleUploadedFile("so-lieu.xlsx", kept.getvalue())


HEAD = ["Mã chỉ tiêu", "Mã đơn vị", "Kỳ", "Tử số", "Mẫu số", "Giá trị", "Nguồn"]


def test_a_file_is_looked_at_first_and_written_after(here, browse):
    client, code = browse("reporter"), here.province.commune.code
    rows = [HEAD, ["households_fibre", code, "2026-Q3", 1200, 1500.5, None, "BC"], [None] * 7]
    looked = client.post(f"{HOME}nhap/", {"file": sheet(rows)})
    assert looked.status_code == 200
    assert "1 dòng ghi được, 0 dòng lỗi. Chưa ghi gì." in text(looked)
    assert not Figure.objects.exists()
    done = client.post(f"{HOME}nhap/", {"rows": looked.context["rows"]})
    assert "Đã ghi 1 dòng số liệu." in text(done)
    assert Figure.objects.values_list("numerator", "denominator", "is_imported").get() == (D(1200), D("1500.5"), True)


def test_errors_of_a_file_are_told_by_line(here, browse):
    code = here.province.commune.code
    rows = [HEAD, ["households_fibre", code, "2026-Q3", -5, 10, None, ""], ["x", code, "2026-Q3", 5, 10, None, ""]]
    page = browse("reporter").post(f"{HOME}nhap/", {"file": sheet(rows)})
    assert page.status_code == 422
    assert [(one.number, one.wrong[:9]) for one in page.context["wrong"]] == [(2, "Tử số: Số"), (3, "Không có ")]
    assert not Figure.objects.exists()


@pytest.mark.parametrize("said", [{}, {"rows": "{"}, {"rows": "[1]"}, {"rows": '[{"unit": "xa-0"}]'}, {"rows": "[]"}])
def test_what_is_no_file_is_refused(here, browse, said):
    assert browse("reporter").post(f"{HOME}nhap/", said).status_code == 422
    assert browse("viewer").post(f"{HOME}nhap/", said).status_code == 403
    assert not Figure.objects.exists()


def test_tables_leave_as_csv_and_xlsx(here, browse):
    some_dossiers(here)
    target(here)
    rows = list(csv.DictReader(browse("viewer").get(f"{ON_TIME}du-lieu.csv").content.decode("utf-8-sig").splitlines()))
    assert [(row["Kỳ"], row["Tử số"], row["Mẫu số"], row["Giá trị"], row["Đánh giá"]) for row in rows] == [
        ("2026-11", "0", "0", "", "Chưa có số liệu"),
        ("2026-10", "0", "1", "0", "Rất chậm"),
        ("2026-09", "2", "2", "100", "Vượt"),
    ]
    book = load_workbook(io.BytesIO(browse("viewer").get(f"{HOME}bang.xlsx").content))
    found = {row[0]: row for row in book.active.iter_rows(values_only=True)}
    assert (found["dossiers_on_time"][7], found["dossiers_on_time"][11]) == (66.66, "Chậm")


def test_a_definition_is_written_and_published(here, browse):
    source = "facts:dossiers.issued[verdict=early]"
    content = f"code: truoc_han\nname: Tỷ lệ trước hạn\nnumerator:\n  words: a\n  source: {source}\n"
    said = {"content": content, "valid_from": "01/01/2026", "legal_source": "QĐ 1"}
    answer = browse("manager").post(f"{HOME}dinh-nghia/soan/", said)
    assert answer["Location"] == f"{HOME}ma/truoc_han/"
    for wrong in (
        {"content": "a: [", "valid_from": "x"},
        {**said, "valid_from": "hôm nay"},
        {**said, "content": "- 1"},
    ):
        assert browse("manager").post(f"{HOME}dinh-nghia/soan/", wrong).status_code == 422
    assert browse("reporter").post(f"{HOME}dinh-nghia/soan/", said).status_code == 403
    assert IndicatorVersion.objects.filter(indicator__code="truoc_han").count() == 1
    assert "Soạn bản mới" in text(browse("manager").get(f"{HOME}dinh-nghia/"))
    assert "truoc_han" in text(browse("manager").get(f"{HOME}dinh-nghia/soan/?tu=truoc_han"))


def test_published_figures_stand_beside_their_division(here, browse):
    page = text(browse("viewer").get(f"{HOME}da-cong-bo/"))
    assert "66,9668%" in page  # 103,820 of 155,032
    assert "cắt bớt phần lẻ" in page
    assert "làm tròn lên" in page
    assert "nơi công bố ghi “vượt”" in page


def test_what_another_module_measures_opens_where_it_was_measured(here, browse, monkeypatch):
    found = Measured(D("91.67"), "33/36 báo cáo", HOME)
    source = registry.measures["reporting.online_share"]
    told = dataclasses.replace(source, values=lambda units, since, until: {here.province.root.pk: found})
    monkeypatch.setitem(registry.measures, source.code, told)
    target(here, code="reports_in_system", value=100)
    page = text(browse("viewer").get(f"{HOME}ma/reports_in_system/"))
    assert f'<a href="{HOME}">33/36 báo cáo</a>' in page
    assert f'<a href="{HOME}">91,67%</a>' in page
    assert "Kém lộ trình từ quý IV/2026." in page


def test_a_board_says_who_is_waited_for_where_there_is_no_value(here, browse):
    page = text(browse("viewer").get(f"{HOME}?xem=tat-ca"))
    assert "chờ đơn vị ghi" in page
    assert "chưa phát sinh" in page
