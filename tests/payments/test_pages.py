"""The pages and the API: what owner, colleague, outsider and nobody get, and what an accountant does by hand."""

from __future__ import annotations

import io
import json
from typing import Any

import numpy
import pytest
import zxingcpp
from django.test import Client
from django.utils import timezone
from openpyxl import load_workbook
from PIL import Image
from tests.payments.factories import FEE, Till

from tinhso.kernel.testing.jobs import run_jobs
from tinhso.modules.payments.models import Order, Receipt, Refund, Statement, Tariff, Transfer
from tinhso.modules.payments.queries import accounts
from tinhso.modules.payments.queries.accounts import secret_of
from tinhso.modules.payments.rules.adapters.demo import DemoBank

pytestmark = pytest.mark.django_db
BACKEND = "django.contrib.auth.backends.ModelBackend"


def browser(till: Till, who: str | None) -> Client:
    client = Client()
    if who is not None:
        client.force_login(till.accounts[who], backend=BACKEND)
    return client


def page(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, f"{path}: {answer.status_code}"
    return answer.content.decode()


def fresh(till: Till) -> Order:
    """An order asked for now, so that its code is still good."""
    return till.asked(timezone.now())


def test_the_payer_sees_amount_code_and_why(till: Till) -> None:
    order = fresh(till)
    lan = browser(till, "lan")
    shown = page(lan, f"/thanh-toan/{order.reference}/")
    for words in (
        "75.000\u00a0đ",
        "Nghị quyết minh họa",
        "9990000000001",
        "Đừng chuyển tiền thật",
        "Chờ nộp",
        "Lưu mã QR",
    ):
        assert words in shown
    assert order.title in page(lan, "/thanh-toan/")
    assert "Nộp bằng mã QR" in page(lan, f"/thanh-toan/ho-so/{order.case_id}/")
    saved = Image.open(io.BytesIO(lan.get(f"/thanh-toan/{order.reference}/ma-qr.png").content))
    assert [one.text for one in zxingcpp.read_barcodes(numpy.array(saved.convert("L")))] == [accounts.qr_text(order)]


@pytest.mark.parametrize(("who", "status"), [(None, 302), ("minh", 404), ("cashier", 404), ("neighbour", 404)])
def test_nobody_else_opens_the_payers_page(till: Till, who: str | None, status: int) -> None:
    order = fresh(till)
    client = browser(till, who)
    for path in ("", "ma-qr.png", "bien-lai/"):
        assert client.get(f"/thanh-toan/{order.reference}/{path}").status_code == status


def test_the_panel_is_empty_where_nothing_is_due(till: Till) -> None:
    lan = browser(till, "lan")
    assert lan.get("/thanh-toan/ho-so/999999/", headers={"HX-Request": "true"}).content == b""
    assert lan.get("/thanh-toan/ho-so/999999/").status_code == 404


def test_the_page_moves_on_by_itself_once_the_bank_told(till: Till, press: None) -> None:
    order = fresh(till)
    lan = browser(till, "lan")
    state = f"/thanh-toan/{order.reference}/?phan=trang-thai"
    asked = {"HX-Request": "true"}
    assert "Chờ nộp" in lan.get(state, headers=asked).content.decode()
    assert lan.post(f"/thanh-toan/{order.reference}/da-chuyen/").status_code == 302
    assert "thường dưới 1 phút" in lan.get(state, headers=asked).content.decode()
    answer = lan.post(f"/ngan-hang-minh-hoa/{order.reference}/", {"amount": "75.000", "content": order.reference})
    assert answer.status_code == 302
    assert lan.get(state, headers=asked)["HX-Refresh"] == "true"
    run_jobs()
    assert "Đã nộp 75.000" in page(lan, f"/thanh-toan/{order.reference}/")
    receipt = lan.get(f"/thanh-toan/{order.reference}/bien-lai/")
    assert (receipt["Content-Type"], b"".join(receipt)[:5]) == ("application/pdf", b"%PDF-")


def test_too_little_is_said_in_words_and_the_code_asks_for_the_rest(till: Till) -> None:
    order = fresh(till)
    lan = browser(till, "lan")
    lan.post(f"/ngan-hang-minh-hoa/{order.reference}/", {"amount": "70000", "content": f"CT {order.reference}"})
    shown = page(lan, f"/thanh-toan/{order.reference}/")
    assert "Đã nhận 70.000\u00a0đ, còn thiếu 5.000\u00a0đ." in shown
    assert "đã đổi thành số tiền còn thiếu" in shown


def test_the_demonstration_bank_is_not_there_in_production(till: Till, settings: Any) -> None:
    order = fresh(till)
    settings.PRODUCTION = True
    assert browser(till, "lan").get(f"/ngan-hang-minh-hoa/{order.reference}/").status_code == 404
    assert secret_of(till.account) == ""


def test_the_cashier_finds_the_order_and_takes_cash(till: Till, press: None) -> None:
    order = fresh(till)
    cashier = browser(till, "cashier")
    for path in (
        "/lam-viec/thu-phi/",
        f"/lam-viec/thu-phi/?q={order.case.number}",
        f"/lam-viec/thu-phi/?q={order.reference}",
    ):
        assert order.title in page(cashier, path)
    assert "Đã thu 75.000" in page(cashier, f"/lam-viec/thu-phi/{order.reference}/")
    assert cashier.post(f"/lam-viec/thu-phi/{order.reference}/tien-mat/").status_code == 302
    run_jobs()
    shown = page(cashier, f"/lam-viec/thu-phi/{order.reference}/")
    assert "EBL01 26TAA" in shown
    assert "Tiền mặt tại quầy" in shown
    assert cashier.get(f"/lam-viec/thu-phi/{order.reference}/bien-lai/").status_code == 200
    assert order.title in page(cashier, f"/lam-viec/thu-phi/ho-so/{order.case_id}/")


def test_the_cashier_of_another_commune_does_not_find_it(till: Till) -> None:
    order = fresh(till)
    other = browser(till, "cashier_elsewhere")
    assert order.title not in page(other, "/lam-viec/thu-phi/")
    for path in ("", "bien-lai/"):
        assert other.get(f"/lam-viec/thu-phi/{order.reference}/{path}").status_code == 404
    assert other.post(f"/lam-viec/thu-phi/{order.reference}/tien-mat/").status_code == 404
    assert browser(till, "handler").get("/lam-viec/thu-phi/").status_code == 403
    assert Order.objects.get(pk=order.pk).state == "requested"


def test_a_refusal_is_shown_on_the_orders_own_page(till: Till) -> None:
    order = fresh(till)
    cashier = browser(till, "cashier")
    answer = cashier.post(f"/lam-viec/thu-phi/{order.reference}/tinh-lai/", {"so-hon-nhan": "x", "relief": ""})
    assert (answer.status_code, "Nhập số lượng bằng chữ số." in answer.content.decode()) == (422, True)
    answer = cashier.post(f"/lam-viec/thu-phi/{order.reference}/huy/", {"reason": ""})
    assert (answer.status_code, "Ghi lý do hủy khoản thu." in answer.content.decode()) == (422, True)
    said = {"so-hon-nhan": "1", "relief": "ho_ngheo", "relief_note": "Giấy hộ nghèo số 1"}
    assert cashier.post(f"/lam-viec/thu-phi/{order.reference}/tinh-lai/", said).status_code == 302
    assert "Không phải nộp" in page(cashier, f"/lam-viec/thu-phi/{order.reference}/")


def test_the_accountant_reconciles_by_hand(till: Till) -> None:
    order = fresh(till)
    till.send(till.told(None, number=1))
    till.send(till.told(None, 9, number=2))
    till.send(till.told(None, 8, number=3))
    accountant = browser(till, "accountant")
    shown = page(accountant, "/lam-viec/doi-soat/")
    assert shown.count("Không rõ nội dung") >= 4
    first, second, third = Transfer.objects.order_by("bank_reference")
    way = "/lam-viec/doi-soat/giao-dich"
    assert accountant.post(f"{way}/{first.pk}/gan/", {"reference": "khong co"}).status_code == 422
    assert accountant.post(f"{way}/{first.pk}/gan/", {"reference": order.reference.lower()}).status_code == 302
    assert accountant.post(f"{way}/{second.pk}/bo-qua/", {"reason": "Chuyển nội bộ"}).status_code == 302
    assert accountant.post(f"{way}/{third.pk}/hoan/", {"reason": "Không rõ ai nộp"}).status_code == 302
    run_jobs()
    assert list(Transfer.objects.order_by("bank_reference").values_list("verdict", flat=True)) == [
        "matched", "ignored", "unknown",
    ]  # fmt: skip
    assert "Chờ hoàn tiền" in page(accountant, "/lam-viec/doi-soat/?loai=unknown")
    assert browser(till, "cashier_elsewhere").post(f"{way}/{third.pk}/bo-qua/", {"reason": "xxxxx"}).status_code == 404


def test_a_refund_goes_through_two_browsers(till: Till) -> None:
    order = till.pay(till.asked())
    accountant, chief = browser(till, "accountant"), browser(till, "chief")
    said = {"reason": "Hồ sơ bị từ chối", "to_account": "0123"}
    assert accountant.post(f"/lam-viec/thu-phi/{order.reference}/hoan/", said).status_code == 302
    refund = Refund.objects.get()
    way = f"/lam-viec/hoan-tien/{refund.pk}"
    assert accountant.post(f"{way}/quyet-dinh/", {"quyet-dinh": "duyet"}).status_code == 403
    assert "Duyệt" in page(chief, "/lam-viec/hoan-tien/")
    assert chief.post(f"{way}/quyet-dinh/", {"quyet-dinh": "duyet"}).status_code == 302
    assert accountant.post(f"{way}/da-chi/", {"proof": ""}).status_code == 422
    assert accountant.post(f"{way}/da-chi/", {"proof": "UNC 12"}).status_code == 302
    run_jobs()
    assert Order.objects.get(pk=order.pk).state == "refunded"


def test_a_statement_is_taken_in_by_the_page_or_refused_in_words(till: Till) -> None:
    order = till.asked()
    accountant = browser(till, "accountant")
    account = {"account": till.account.pk, "layout": "demo"}
    wrong = io.BytesIO("Ngày;Tiền\n".encode())
    wrong.name = "sao-ke.csv"
    answer = accountant.post("/lam-viec/doi-soat/sao-ke/", {**account, "file": wrong})
    assert answer.status_code == 422
    assert "thiếu cột ngày giao dịch" in answer.content.decode()
    assert accountant.post("/lam-viec/doi-soat/sao-ke/", account).status_code == 422
    head = "Thời điểm;Mã giao dịch;Có;Nội dung chuyển tiền\n"
    good = io.BytesIO(f"{head}16/11/2026 09:00;FT1;75.000;{order.reference}\n".encode())
    good.name = "sao-ke.csv"
    assert accountant.post("/lam-viec/doi-soat/sao-ke/", {**account, "file": good}).status_code == 302
    run_jobs()
    assert Statement.objects.get().counts["new"] == 1
    assert "1 giao dịch mới" in page(accountant, "/lam-viec/doi-soat/")


def test_receipts_are_listed_replaced_and_summed_up(till: Till) -> None:
    till.pay(till.asked())
    accountant = browser(till, "accountant")
    receipt = Receipt.objects.get()
    assert "EBL01 26TAA 00000001" in page(accountant, "/lam-viec/bien-lai/")
    assert accountant.post(f"/lam-viec/bien-lai/{receipt.pk}/huy/", {"reason": ""}).status_code == 422
    said = {"reason": "Sai tên người nộp", "payer_name": "Nguyễn Thị Lân"}
    assert accountant.post(f"/lam-viec/bien-lai/{receipt.pk}/thay-the/", said).status_code == 302
    assert accountant.post(f"/lam-viec/bien-lai/{receipt.pk}/huy/", said).status_code == 422
    book = load_workbook(io.BytesIO(accountant.get("/lam-viec/bien-lai/bang-tong-hop/").content))
    rows = list(book.active.iter_rows(values_only=True))
    assert [(row[3], row[6], row[8], row[10]) for row in rows[3:]] == [
        (1, FEE, "Thay thế", None), (2, FEE, "Mới", "EBL01 26TAA 00000001"),
    ]  # fmt: skip
    unit = {"unit": till.province.commune.pk, "collector_name": "Phường Tân Ninh"}
    assert accountant.post("/lam-viec/bien-lai/ky-hieu/", {**unit, "letters": "IO"}).status_code == 422
    assert accountant.post("/lam-viec/bien-lai/ky-hieu/", {**unit, "letters": "AB"}).status_code == 302
    assert "EBL01 26TAB" in page(accountant, "/lam-viec/bien-lai/")


def test_tariffs_can_be_looked_at_and_tried(till: Till) -> None:
    keeper = browser(till, "tariff")
    shown = page(keeper, "/lam-viec/bieu-phi/?thu-tuc=1.004873")
    assert "Lệ phí xác nhận tình trạng hôn nhân: 75.000\u00a0đ (Nghị quyết minh họa)." in shown
    assert keeper.get("/lam-viec/bieu-phi/?thu-tuc=9.999999").status_code == 422
    shown = page(keeper, f"/lam-viec/bieu-phi/{Tariff.objects.get().pk}/")
    assert "Minh họa, không phải mức thu thật" in shown
    assert "Hộ nghèo 100%" in shown


def test_programs_read_their_own_orders(till: Till) -> None:
    order = till.asked()
    lan, minh = browser(till, "lan"), browser(till, "minh")
    (line,) = lan.get(f"/api/v1/payments/?dossier={order.case.number}").json()["items"]
    assert (line["reference"], line["amount"], line["state"]) == (order.reference, FEE, "requested")
    assert lan.get(f"/api/v1/payments/{order.reference}").json()["vietqr"].startswith("000201010212")
    assert minh.get("/api/v1/payments/").json() == {"items": [], "next": None}
    assert minh.get(f"/api/v1/payments/{order.reference}").status_code == 404
    assert Client().get("/api/v1/payments/").status_code == 401


def test_the_banks_door_is_open_only_to_what_is_signed(till: Till) -> None:
    order = fresh(till)
    now = timezone.now()
    headers, body = DemoBank().compose(till.told(order, booked_at=now), secret=secret_of(till.account), at=now)
    way, kind = "/api/v1/payments/bank-notices/minh-hoa", "application/json"
    nobody = Client()
    assert nobody.post(way, body, kind).status_code == 403
    assert nobody.post(way, body + b" ", kind, headers=headers).json()["code"] == "payments.signature"
    assert nobody.post("/api/v1/payments/bank-notices/khac", body, kind, headers=headers).status_code == 404
    expected = {"is_new": True, "verdict": "matched", "order": order.reference}
    assert nobody.post(way, body, kind, headers=headers).json() == expected
    assert nobody.post(way, body, kind, headers=headers).json() == {**expected, "is_new": False}
    assert json.loads(body)["amount"] == Order.objects.get(pk=order.pk).received


def test_twice_the_orders_cost_the_same_statements(till: Till, django_assert_max_num_queries: Any) -> None:
    client = browser(till, "accountant")

    def statements() -> int:
        with django_assert_max_num_queries(60) as counted:
            page(client, "/lam-viec/thu-phi/")
        return len(counted)

    fresh(till)
    page(client, "/lam-viec/thu-phi/")
    before = statements()
    fresh(till)
    fresh(till)
    assert statements() == before
