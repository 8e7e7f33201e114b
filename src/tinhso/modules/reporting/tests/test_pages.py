"""Pages of units and of the office that asks: what they show, what they cost, that they say no where they should."""

from __future__ import annotations

import io
import zipfile
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from openpyxl import Workbook, load_workbook

from tinhso.kernel.testing.browsing import statements
from tinhso.modules.reporting.actions import receiving
from tinhso.modules.reporting.models import Assignment, ReportPeriod, ReportVersion, Sheet, SheetRow
from tinhso.modules.reporting.tests import factories
from tinhso.modules.reporting.tests.factories import FULL, NOW, actor, content, opened, sent, sheet

pytestmark = pytest.mark.django_db
DESK = "/lam-viec/bao-cao/"


def test_the_grid_costs_the_same_for_more_rows(stage, browse):
    client = browse(stage.clerk)
    rows = [{"code": f"n{n}", "name": f"Việc {n}"} for n in range(80)]
    small = sheet(opened(stage), stage.here.commune)
    large = sheet(opened(stage, content(code="lon", rows=rows, cells=[])), stage.here.commune)
    costs = [statements(client, f"{DESK}phieu/{where.pk}/") for where in (small, large)]
    assert costs[0] == costs[1]
    assert costs[1] == 6


def test_what_must_be_filled_is_counted_apart_from_what_may_be(stage, browse):
    where = sheet(opened(stage), stage.here.commune)
    factories.fill(where, stage.clerk, {"mot": {"tong": "10", "ghi_chu": "quý I"}})
    text = browse(stage.clerk).get(f"{DESK}phieu/{where.pk}/").content.decode()
    assert "<b data-filled>1</b>/4 ô bắt buộc đã điền" in text
    assert "<span data-filled-optional>1</span>/2 ô không bắt buộc" in text


def test_a_figure_leads_only_those_to_its_page_who_may_open_it(stage, browse):
    own = content(cells=[{"row": "mot", "column": "tong", "source": "facts:dossiers.received"}])
    where = sent(sheet(opened(stage, own), stage.here.commune), stage.head, {"mot": {"dat": "0"}, "hai": FULL["hai"]})
    board = f"{DESK}ky/{where.period_id}/"
    SheetRow.objects.filter(row="mot").update(system={"tong": {"value": "7", "link": board}})
    shown = [browse(one).get(f"{DESK}phieu/{where.pk}/").content.decode() for one in (stage.head, stage.receiver)]
    assert [f'<a href="{board}">7</a>' in text for text in shown] == [False, True]


def test_a_row_is_saved_with_few_statements_and_shows_what_follows(stage, browse):
    where = sheet(opened(stage), stage.here.commune)
    client, path = browse(stage.clerk), f"{DESK}phieu/{where.pk}/luu/"
    client.post(path, {"criterion": "hai", "revision": "0", "in-tong": "4", "in-dat": "1"})
    with CaptureQueriesContext(connection) as seen:
        answer = client.post(path, {"criterion": "mot", "revision": "0", "in-tong": "1.000", "in-dat": "999"})
    assert answer.json() == {
        "revision": 1, "filled": 4, "optional": 0, "inputs": {"tong": "1000", "dat": "999"}, "warnings": [],
        "cells": {"mot__ty_le": "99,9", "hai__ty_le": "25", "cong__tong": "1.004", "cong__dat": "1.000",
                  "cong__ty_le": "99,6"},
    }  # fmt: skip
    own = [one for one in seen.captured_queries if "SAVEPOINT" not in one["sql"]]
    assert len(own) <= 10, [one["sql"][:90] for one in own]


def test_the_grid_answers_conflicts_and_nonsense_in_words(stage, browse):
    where = sheet(opened(stage), stage.here.commune)
    path = f"{DESK}phieu/{where.pk}/luu/"
    factories.fill(where, stage.head, {"mot": {"tong": "10", "dat": "9"}})
    late = browse(stage.clerk).post(path, {"criterion": "mot", "revision": "0", "in-tong": "8"})
    assert (late.status_code, late.json()["inputs"], late.json()["revision"]) == (409, {"tong": "10", "dat": "9"}, 1)
    wrong = browse(stage.clerk).post(path, {"criterion": "mot", "revision": "1", "in-tong": "=1+1"})
    assert (wrong.status_code, wrong.json()["field"]) == (422, "tong")
    other = browse(stage.stranger).post(path, {"criterion": "mot", "revision": "1", "in-tong": "1"})
    assert (other.status_code, SheetRow.objects.get().values) == (404, {"tong": "10", "dat": "9"})


def test_a_check_that_does_not_hold_is_said_while_filling_and_has_its_place_above_the_grid(stage, browse):
    where = sheet(opened(stage), stage.here.commune)
    client, path = browse(stage.clerk), f"{DESK}phieu/{where.pk}/"
    assert '<div data-grid-warnings role="status" hidden>' in client.get(path).content.decode()
    wrong = client.post(f"{path}luu/", {"criterion": "mot", "revision": "0", "in-tong": "10", "in-dat": "11"}).json()
    words = [one["words"] for one in content()["checks"]]
    assert (wrong["revision"], wrong["warnings"]) == (1, words[:1])
    page = client.get(path).content.decode()
    assert ('<div data-grid-warnings role="status">' in page, words[0] in page) == (True, True)
    assert (
        client.post(f"{path}luu/", {"criterion": "mot", "revision": "1", "in-tong": "10", "in-dat": "9"}).json()[
            "warnings"
        ]
        == []
    )


def test_a_clerk_who_may_not_send_reads_who_does_and_a_return_asks_for_its_reason(stage, browse):
    where = sheet(opened(stage), stage.here.commune)
    factories.fill(where, stage.clerk)
    path, next_step = f"{DESK}phieu/{where.pk}/", "Người được giao gửi báo cáo của đơn vị kiểm tra rồi gửi"
    assert next_step in browse(stage.clerk).get(path).content.decode()
    assert next_step not in browse(stage.head).get(path).content.decode()
    sent(where, stage.head)
    page = browse(stage.receiver).get(path).content.decode()
    assert ('id="reason" name="reason" rows="2" aria-required="true"' in page, next_step in page) == (True, False)


def test_one_row_a_page_works_without_script(stage, browse):
    where = sheet(opened(stage), stage.here.commune)
    client, path = browse(stage.clerk), f"{DESK}phieu/{where.pk}/dong/mot/"
    assert "Việc một" in client.get(path).content.decode()
    went = client.post(path, {"go": "next", "revision": "0", "in-tong": "10", "in-dat": "9"})
    assert (went.status_code, went["Location"]) == (302, f"{DESK}phieu/{where.pk}/dong/hai/")
    refused = client.post(path, {"revision": "1", "in-tong": "chín"})
    assert (refused.status_code, "không phải là số" in refused.content.decode()) == (422, True)
    assert "chín" in refused.content.decode()
    late = client.post(path, {"revision": "0", "in-tong": "7"})
    assert "Người khác vừa lưu: 10" in late.content.decode()
    assert client.get(f"{DESK}phieu/{where.pk}/dong/cong/").status_code == 404
    assert SheetRow.objects.get().values == {"tong": "10", "dat": "9"}


def test_a_report_goes_from_unit_to_asker_and_back(stage, browse):
    period = opened(stage)
    where = sheet(period, stage.here.commune)
    factories.fill(where, stage.clerk)
    step = f"{DESK}phieu/{where.pk}/buoc/"
    assert browse(stage.clerk).post(step, {"do": "submit"}).status_code == 403
    assert browse(stage.receiver).get(f"{DESK}phieu/{where.pk}/").status_code == 404
    assert browse(stage.head).post(step, {"do": "submit"}).status_code == 302
    page = browse(stage.receiver).get(f"{DESK}ky/{period.pk}/").content.decode()
    assert stage.here.commune.name in page
    assert browse(stage.receiver).get(f"{DESK}phieu/{where.pk}/").status_code == 200
    empty = browse(stage.receiver).post(step, {"do": "give_back", "reason": ""})
    assert (empty.status_code, "Ghi lý do bằng một câu" in empty.content.decode()) == (422, True)
    back = browse(stage.receiver).post(step, {"do": "give_back", "reason": "Dòng 1 quá cao"})
    assert back["Location"] == f"{DESK}ky/{period.pk}/"
    assert "Dòng 1 quá cao" in browse(stage.head).get(f"{DESK}phieu/{where.pk}/").content.decode()
    browse(stage.head).post(step, {"do": "submit"})
    browse(stage.receiver).post(step, {"do": "approve"})
    assert Sheet.objects.get(pk=where.pk).state == "approved"


def test_the_board_and_the_start_page_cost_the_same_for_more_units(stage, browse):
    from tinhso.kernel.units.models import Unit

    few = opened(stage)
    many = opened(stage, content(code="nhieu"), [one.pk for one in Unit.objects.communes()[:60]])
    client = browse(stage.receiver)
    costs = [statements(client, f"{DESK}ky/{one.pk}/") for one in (few, many)]
    assert costs[0] == costs[1] <= 9, costs
    totals = [statements(client, f"{DESK}ky/{one.pk}/tong-hop/") for one in (few, many)]
    assert totals[0] == totals[1] <= 9, totals
    assert statements(client, DESK) <= 8


def test_late_and_missing_stand_on_the_board_and_are_reminded(stage, browse):
    period = opened(stage)
    ReportPeriod.objects.update(due_at=timezone.now() - timedelta(days=1))
    sent(sheet(period, stage.here.commune), stage.head, at=timezone.now())
    client, step = browse(stage.receiver), f"{DESK}ky/{period.pk}/buoc/"
    page = client.get(f"{DESK}ky/{period.pk}/").content.decode()
    assert ("gửi trễ" in page, "quá hạn, chưa gửi" in page) == (True, True)
    assert stage.here.other.name not in client.get(f"{DESK}ky/{period.pk}/?loc=cho-duyet").content.decode()
    assert client.post(step, {"do": "remind"}).status_code == 302
    assert client.post(step, {"do": "close"}).status_code == 422
    paper = {"do": "paper", "sheet": sheet(period, stage.here.other).pk, "number": "7/BC"}
    assert client.post(step, paper).status_code == 302
    assert "báo cáo giấy 7/BC" in client.get(f"{DESK}ky/{period.pk}/").content.decode()
    for outsider in (stage.head, stage.clerk):
        assert browse(outsider).post(step, {"do": "close"}).status_code == 403
    assert ReportPeriod.objects.get().state == "open"


def test_the_sum_is_shown_opened_and_exported(stage, browse):
    period = opened(stage)
    where = sent(sheet(period, stage.here.commune), stage.head)
    factories.fill(where := sheet(period, stage.here.other), stage.stranger)
    client = browse(stage.designer)
    page = client.get(f"{DESK}ky/{period.pk}/tong-hop/?dong=mot").content.decode()
    assert "Từ báo cáo của 1/2 đơn vị" in page
    assert where.unit.name not in page  # a draft is nobody's business
    book = load_workbook(io.BytesIO(client.get(f"{DESK}ky/{period.pk}/tong-hop.xlsx").content))
    assert [cell.value for cell in book["Tổng hợp"][7]] == ["1", "Việc một", 10, 9, 90]
    assert book["Từng đơn vị"].max_row == 4
    lines = client.get(f"{DESK}ky/{period.pk}/tong-hop.csv").content.decode("utf-8-sig").splitlines()
    assert lines[:2] == ["unit,unit_name,row,row_name,tong,dat,ty_le", ",Tổng hợp,mot,Việc một,10,9,90"]
    assert browse(stage.head).get(f"{DESK}ky/{period.pk}/tong-hop.csv").status_code == 403


def test_a_template_is_designed_checked_published_and_given_in_the_browser(stage, browse):
    client = browse(stage.designer)
    said = {
        "name": "Báo cáo tháng", "code": "thang", "owner": stage.here.department.pk,
        "columns-0-code": "a", "columns-0-name": "Số lượng", "columns-0-kind": "number", "columns-0-total": "sum",
        "rows-0-code": "mot", "rows-0-name": "Việc một", "rows-1-code": "hai", "rows-1-name": "Việc hai",
        "rows-1-formula": "hai * 2",
    }  # fmt: skip
    more = client.post(f"{DESK}mau/soan/", {**said, "do": "more"}).content.decode()
    assert ("đi vòng tròn" in more, ReportVersion.objects.count()) == (True, 0)
    made = client.post(f"{DESK}mau/soan/", {**said, "do": "save"})
    version = ReportVersion.objects.get()
    assert made["Location"] == f"{DESK}mau/{version.pk}/"
    refused = client.post(f"{DESK}mau/{version.pk}/cong-bo/", {"valid_from": "01/01/2026"})
    assert (refused.status_code, "đi vòng tròn" in refused.content.decode()) == (422, True)
    client.post(f"{DESK}mau/{version.pk}/sua/", {**said, "rows-1-formula": "mot * 2", "do": "save"})
    assert client.post(f"{DESK}mau/{version.pk}/cong-bo/", {"valid_from": "01/01/2026"}).status_code == 302
    assert client.get(f"{DESK}mau/{version.pk}/sua/").status_code == 404
    asked = {"frequency": "month", "begins_on": "01/01/2026", "due_days": "3", "kinds": "phuong"}
    wrong = client.post(f"{DESK}mau/{version.pk}/giao/", {**asked, "kinds": []})
    assert (wrong.status_code, Assignment.objects.count()) == (422, 0)
    went = client.post(f"{DESK}mau/{version.pk}/giao/", asked)
    assert went["Location"] == f"{DESK}ky/{ReportPeriod.objects.get().pk}/"
    assert client.post(f"{DESK}giao/{Assignment.objects.get().pk}/thoi/", {"last_day": "2026-12-31"}).status_code == 302
    assert browse(stage.receiver).get(f"{DESK}mau/soan/").status_code == 403
    assert browse(stage.clerk).get(f"{DESK}mau/{version.pk}/").status_code == 403


# Excel


def form_of(client, where):
    return load_workbook(io.BytesIO(client.get(f"{DESK}phieu/{where.pk}/mau.xlsx").content))


def send(client, where, book, name="mau.xlsx", **more):
    kept = io.BytesIO()
    book.save(kept)
    return send_bytes(client, where, kept.getvalue(), name, **more)


def send_bytes(client, where, body, name="mau.xlsx", **more):
    return client.post(f"{DESK}phieu/{where.pk}/nap-tep/", {"file": SimpleUploadedFile(name, body), **more})


def typed(book, values):
    for address, value in values.items():
        book["Báo cáo"][address] = value
    return book


def test_a_form_goes_down_and_comes_back_filled(stage, browse):
    where = sheet(opened(stage), stage.here.commune)
    client = browse(stage.clerk)
    book = form_of(client, where)
    page = book["Báo cáo"]
    assert [page.cell(8, n).value for n in range(1, 5)] == ["mot", "1", "Việc một", None]
    assert (page["D8"].protection.locked, page["F8"].protection.locked) == (False, True)
    done = send(client, where, typed(book, {"D8": 1200, "E8": "1.100", "G8": "=ghi chú"[1:], "D9": 0, "E9": 0.0}))
    assert (done.status_code, done["Location"]) == (302, f"{DESK}phieu/{where.pk}/")
    rows = {one.row: one.values for one in SheetRow.objects.all()}
    assert rows == {"mot": {"tong": "1200", "dat": "1100", "ghi_chu": "ghi chú"}, "hai": {"tong": "0", "dat": "0"}}
    where.refresh_from_db()
    assert (where.channel, where.filled) == ("excel", 5)


def test_every_wrong_cell_is_named_and_nothing_is_taken(stage, browse):
    where = sheet(opened(stage), stage.here.commune)
    client = browse(stage.clerk)
    factories.fill(where, stage.clerk, {"mot": {"tong": "3", "dat": "1"}})
    wrong = {"D8": 10**20, "E8": '=WEBSERVICE("http://x")', "D9": 1.5, "E9": "mười", "A12": "them", "D12": 4}
    page = send(client, where, typed(form_of(client, where), wrong))
    text = page.content.decode()
    assert page.status_code == 422
    for said in ("Tệp có 5 chỗ cần sửa", "D8", "Số quá lớn", "E8", "Ô chứa công thức", "Chỉ nhận số nguyên", "E9",
                 "không phải là số", "A12", "Mẫu không có dòng này"):  # fmt: skip
        assert said in text
    assert {one.row: one.values for one in SheetRow.objects.all()} == {"mot": {"tong": "3", "dat": "1"}}


def test_merged_cells_are_named(stage, browse):
    where = sheet(opened(stage), stage.here.commune)
    client = browse(stage.clerk)
    book = typed(form_of(client, where), {"D8": 5, "E8": 4})
    book["Báo cáo"].merge_cells("D8:E9")
    text = send(client, where, book).content.decode()
    assert text.count("Ô bị gộp (D8:E9)") == 4
    assert not SheetRow.objects.exists()


def test_a_row_changed_since_the_download_is_not_overwritten_unasked(stage, browse):
    where = sheet(opened(stage), stage.here.commune)
    client = browse(stage.clerk)
    book = typed(form_of(client, where), {"D8": 5, "E8": 4})
    factories.fill(where, stage.head, {"mot": {"tong": "7", "dat": "6"}})
    text = send(client, where, book).content.decode()
    assert "Trần Văn Lanh đã sửa dòng này sau khi bạn tải tệp, hiện là: Tổng số = 7; Số đạt = 6." in text
    assert SheetRow.objects.get().values == {"tong": "7", "dat": "6"}
    assert send(client, where, book, overwrite="1").status_code == 302
    assert SheetRow.objects.get(row="mot").values == {"tong": "5", "dat": "4"}


def bomb():
    """A small file that unpacks to 64 MB."""
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("xl/workbook.xml", bytes(64 * 1024 * 1024))
    return kept.getvalue()


def parts(**more):
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w") as archive:
        for name, body in {"[Content_Types].xml": "<Types/>", "xl/workbook.xml": "<x/>", **more}.items():
            archive.writestr(name, body)
    return kept.getvalue()


@pytest.mark.parametrize(
    ("name", "body", "said"),
    [
        ("a.xlsm", b"PK", "không có macro"), ("a.xlsx", b"nothing", "không phải bảng tính"), ("a.xlsx", b"", "tệp"),
        ("a.xlsx", parts(**{"xl/vbaProject.bin": "x"}), "Tệp có macro"), ("a.xlsx", parts(), "Không đọc được"),
        ("a.xlsx", b"PK" + bytes(5 * 1024 * 1024), "lớn quá 5 MB"),
        ("a.xlsx", parts(**{"xl/workbook.xml": '<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>'}), "Không đọc được"),
    ],
)  # fmt: skip
def test_hostile_and_foreign_files_are_refused_with_what_to_do(stage, browse, name, body, said):
    where = sheet(opened(stage), stage.here.commune)
    page = send_bytes(browse(stage.clerk), where, body, name)
    assert (page.status_code, said in page.content.decode()) == (422, True)
    assert not SheetRow.objects.exists()


def test_bombs_endless_sheets_and_other_forms_are_refused(stage, browse):
    period = opened(stage)
    where, client = sheet(period, stage.here.commune), browse(stage.clerk)
    assert "giải ra quá lớn" in send_bytes(client, where, bomb()).content.decode()
    endless = form_of(client, where)
    endless["Báo cáo"]["A100000"] = "x"
    for n in range(2000, 2003):
        endless["Báo cáo"][f"A{n}"] = "x"
    assert "quá 2.000 dòng" in send(client, where, endless).content.decode()
    renamed = form_of(client, where)
    renamed["Báo cáo"].title = "Sheet1"
    assert "Không có trang tính" in send(client, where, renamed).content.decode()
    theirs = form_of(browse(stage.stranger), sheet(period, stage.here.other))
    assert "mẫu, kỳ hoặc đơn vị khác" in send(browse(stage.clerk), where, theirs).content.decode()
    short = typed(form_of(client, where), {"D6": None})
    assert "Tệp thiếu cột: Tổng số" in send(client, where, short).content.decode()
    blank = Workbook()
    blank.active.title = "Báo cáo"
    assert send(client, where, blank).status_code == 422
    assert not SheetRow.objects.exists()


def test_nobody_fills_what_was_sent_by_file_either(stage, browse):
    where = sheet(opened(stage), stage.here.commune)
    client = browse(stage.clerk)
    book = typed(form_of(client, where), {"D8": 5, "E8": 4})
    sent(where, stage.head)
    assert "Không làm được việc này" in send(client, where, book).content.decode()
    receiving.approve(sheet_id=where.pk, by=actor(stage.receiver), at=NOW)
    assert SheetRow.objects.get(row="mot").values == {"tong": "10", "dat": "9"}
