"""Statements, what does not fit and what is decided about it, money given back, two at once."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import Any

import pytest
from openpyxl import Workbook
from tests.payments.factories import FEE, START, Till

from tinhso.kernel.errors import NotAllowed, Refusal
from tinhso.kernel.journal.models import Entry
from tinhso.kernel.testing.jobs import run_jobs
from tinhso.modules.dossiers.models import Dossier
from tinhso.modules.dossiers.tests.factories import after, verbs
from tinhso.modules.payments.actions import orders, receipts, refunds, statements, transfers
from tinhso.modules.payments.models import Order, Receipt, Refund, Statement, Transfer

pytestmark = pytest.mark.django_db
HEAD = ("Thời điểm", "Mã giao dịch", "Có", "Nội dung chuyển tiền")


def csv(*lines: tuple[str, int, str], head: tuple[str, ...] = HEAD) -> bytes:
    """A statement of the demonstration bank: reference, amount, content; all booked at nine on Monday."""
    rows = [f"16/11/2026 09:00:00;{reference};{amount};{content}" for reference, amount, content in lines]
    return "\n".join([";".join(head), *rows]).encode("utf-8-sig")


def take(till: Till, content: bytes, *, who: str = "accountant", **more: Any) -> Statement:
    asked = {
        "account_id": till.account.pk,
        "layout": "demo",
        "name": "sao-ke.csv",
        "by": till.actor(who),
        "at": after(1),
    }
    taken = statements.take_in(content=content, **{**asked, **more})
    run_jobs()
    taken.refresh_from_db()
    return taken


def only(verdict: str) -> Transfer:
    return Transfer.objects.get(verdict=verdict)


def test_a_statement_confirms_what_notices_told_and_pays_what_they_did_not(till: Till) -> None:
    told, untold, waiting = till.asked(), till.asked(after(hours=0.1)), till.asked(after(hours=0.2))
    till.pay(told)
    content = csv(
        ("FT000001", FEE, told.reference), ("FT000002", FEE, f"QR-{untold.reference}-x"), ("FT000003", 5, "la tien gi")
    )
    taken = take(till, content)
    assert taken.state == "done"
    counts = {key: taken.counts[key] for key in ("lines", "new", "known", "repeated", "skipped", "reconciled")}
    assert counts == {"lines": 3, "new": 2, "known": 1, "repeated": 0, "skipped": 0, "reconciled": 1}
    states = [Order.objects.get(pk=one.pk).state for one in (told, untold, waiting)]
    assert states == ["reconciled", "reconciled", "requested"]
    assert only("unknown").amount == 5
    assert Receipt.objects.count() == 2
    assert "fee_paid" in verbs(Dossier.objects.get(pk=untold.case_id))


def test_the_same_statement_taken_in_again_changes_nothing(till: Till) -> None:
    order = till.asked()
    content = csv(("FT000001", FEE, order.reference), ("FT000002", 9, "khong ro"))
    take(till, content)
    kept = list(Transfer.objects.order_by("pk").values())
    again = take(till, content)
    assert (again.counts["new"], Receipt.objects.count()) == (0, 1)
    assert list(Transfer.objects.order_by("pk").values()) == kept


def test_a_booking_that_stands_twice_in_a_statement_is_taken_once(till: Till) -> None:
    order = till.asked()
    line = ("FT000001", FEE, order.reference)
    taken = take(till, csv(line, line))
    assert (taken.counts["new"], taken.counts["repeated"]) == (1, 1)
    assert Order.objects.get(pk=order.pk).received == FEE


def test_a_statement_that_says_another_amount_than_the_notice_is_named(till: Till) -> None:
    order = till.pay(till.asked())
    taken = take(till, csv(("FT000001", 70_000, order.reference)))
    assert taken.counts["faults"] == ["FT000001: ngân hàng đã báo 75.000\u00a0đ, sao kê ghi 70.000\u00a0đ."]
    assert (taken.counts["differing"], taken.counts["reconciled"]) == (1, 0)
    assert Order.objects.get(pk=order.pk).state == "paid"


def test_a_statement_of_another_bank_is_refused_by_the_name_of_the_missing_column(till: Till) -> None:
    with pytest.raises(Refusal) as refused:
        take(till, csv(head=("Thời điểm", "Mã giao dịch", "Nội dung chuyển tiền")))
    assert refused.value.code == "payments.statement_columns"
    assert "số tiền ghi có (“Có”)" in refused.value.message
    assert not Statement.objects.exists()


@pytest.mark.parametrize(
    ("name", "content"), [("a.pdf", b"%PDF-1.4"), ("a.csv", "Thời điểm".encode("utf-16")), ("a.xlsx", b"PK nothing")]
)
def test_a_file_that_is_no_table_is_refused(till: Till, name: str, content: bytes) -> None:
    with pytest.raises(Refusal):
        take(till, content, name=name)
    assert not Statement.objects.exists()


def test_a_spreadsheet_is_read_like_a_csv(till: Till) -> None:
    order = till.asked()
    book = Workbook()
    book.active.append(HEAD)
    book.active.append([START.replace(tzinfo=None) + timedelta(hours=1), "FT000001", FEE, order.reference])
    kept = io.BytesIO()
    book.save(kept)
    assert take(till, kept.getvalue(), name="sao-ke.xlsx").counts["new"] == 1
    assert Order.objects.get(pk=order.pk).state == "reconciled"


@pytest.mark.parametrize("who", ["lan", "cashier", "cashier_elsewhere", "clerk"])
def test_who_may_not_reconcile_the_account_takes_no_statement_in(till: Till, who: str) -> None:
    with pytest.raises(NotAllowed):
        take(till, csv(), who=who)
    assert not Statement.objects.exists()


def test_money_without_a_reference_is_given_to_its_order(till: Till) -> None:
    order = till.asked()
    till.send(till.told(None))
    asked = {"transfer_id": only("unknown").pk, "at": after(hours=2)}
    with pytest.raises(Refusal) as refused:
        transfers.assign(**asked, reference="TS26111600099A", by=till.actor("accountant"))
    assert refused.value.code == "payments.no_order"
    with pytest.raises(NotAllowed):
        transfers.assign(**asked, reference=order.reference, by=till.actor("cashier"))
    transfers.assign(**asked, reference=order.reference, by=till.actor("accountant"))
    run_jobs()
    assert (Order.objects.get(pk=order.pk).state, only("matched").reason) == ("paid", f"Gán cho {order.reference}")
    with pytest.raises(Refusal) as refused:
        transfers.assign(**asked, reference=order.reference, by=till.actor("accountant"))
    assert refused.value.code == "payments.decided"
    assert Entry.objects.filter(verb="payments.transfer_decided").count() == 1


def test_late_money_is_moved_to_the_new_code(till: Till) -> None:
    order = till.asked()
    late = START + timedelta(days=8)
    orders.expire(order_id=order.pk, by=till.actor("system"), at=late)
    fresh = orders.renew(order_id=order.pk, by=till.actor("lan"), at=late)
    till.pay(order, booked_at=late)
    accountant = till.actor("accountant")
    transfers.assign(transfer_id=only("late").pk, reference=fresh.reference, by=accountant, at=late)
    assert Order.objects.get(pk=fresh.pk).state == "paid"
    order.refresh_from_db()
    assert (order.state, order.received) == ("expired", 0)


def test_late_money_that_is_enough_can_be_accepted_and_closes_the_new_code(till: Till) -> None:
    order = till.asked()
    late = START + timedelta(days=8)
    orders.expire(order_id=order.pk, by=till.actor("system"), at=late)
    fresh = orders.renew(order_id=order.pk, by=till.actor("lan"), at=late)
    till.pay(order, booked_at=late)
    refunds.accept_with_surplus(order_id=order.pk, to_account="", by=till.actor("accountant"), at=late)
    assert [Order.objects.get(pk=one.pk).state for one in (order, fresh)] == ["paid", "cancelled"]


def test_too_little_is_not_accepted(till: Till) -> None:
    order = till.pay(till.asked(), 70_000)
    with pytest.raises(Refusal) as refused:
        refunds.accept_with_surplus(order_id=order.pk, to_account="", by=till.actor("accountant"), at=after(1))
    assert refused.value.code == "payments.too_little"
    assert Order.objects.get(pk=order.pk).state == "mismatch"


def test_too_much_is_accepted_and_the_surplus_goes_back_by_two_people(till: Till) -> None:
    order = till.pay(till.asked(), 80_000)
    accountant, chief = till.actor("accountant"), till.actor("chief")
    refunds.accept_with_surplus(order_id=order.pk, to_account="0123 Ngân hàng X", by=accountant, at=after(1))
    run_jobs()
    refund = Refund.objects.get()
    assert (Order.objects.get(pk=order.pk).state, refund.amount, refund.state) == ("paid", 5_000, "requested")
    with pytest.raises(NotAllowed):
        refunds.decide(refund_id=refund.pk, approve=True, by=accountant, at=after(1))
    refunds.decide(refund_id=refund.pk, approve=True, by=chief, at=after(1))
    with pytest.raises(Refusal) as refused:
        refunds.finish(refund_id=refund.pk, proof="", by=accountant, at=after(2))
    assert refused.value.field == "proof"
    refunds.finish(refund_id=refund.pk, proof="UNC 12", by=accountant, at=after(2))
    order.refresh_from_db()
    assert (order.state, Receipt.objects.filter(state="issued").count()) == ("paid", 1)
    assert Transfer.objects.get().verdict == "matched"


def test_a_double_goes_back_and_the_order_stays_paid(till: Till) -> None:
    order = till.pay(till.asked())
    till.pay(order, number=2, booked_at=START + timedelta(hours=2))
    accountant = till.actor("accountant")
    asked = {"transfer_id": only("double").pk, "reason": "Nộp hai lần", "to_account": "", "by": accountant}
    refund = refunds.ask_for_transfer(**asked, at=after(1))
    with pytest.raises(Refusal):
        refunds.ask_for_transfer(**asked, at=after(1))
    refunds.decide(refund_id=refund.pk, approve=True, by=till.actor("chief"), at=after(1))
    refunds.finish(refund_id=refund.pk, proof="UNC 12", by=accountant, at=after(2))
    order.refresh_from_db()
    assert (order.state, order.received, only("refunded").amount) == ("paid", FEE, FEE)


def test_a_paid_fee_goes_back_whole_and_its_receipt_ends(till: Till) -> None:
    order = till.pay(till.asked())
    accountant = till.actor("accountant")
    asked = {"order_id": order.pk, "reason": "Hồ sơ bị từ chối", "to_account": "", "by": accountant, "at": after(1)}
    refund = refunds.ask_for_order(**asked)
    with pytest.raises(Refusal):
        refunds.ask_for_order(**asked)
    refunds.decide(refund_id=refund.pk, approve=True, by=till.actor("chief"), at=after(1))
    refunds.finish(refund_id=refund.pk, proof="UNC 12", by=accountant, at=after(2))
    assert (Order.objects.get(pk=order.pk).state, Receipt.objects.get().state) == ("refunded", "cancelled")
    assert receipts.issue(order_id=order.pk, by=accountant, at=after(3)).state == "cancelled"


def test_who_asked_does_not_approve_and_a_rejected_refund_leaves_the_order_paid(till: Till) -> None:
    order = till.pay(till.asked())
    accountant, chief = till.actor("accountant"), till.actor("chief")
    asked = {"order_id": order.pk, "reason": "Nhầm thủ tục", "to_account": "", "at": after(1)}
    refund = refunds.ask_for_order(**asked, by=chief)
    with pytest.raises(Refusal) as refused:
        refunds.decide(refund_id=refund.pk, approve=True, by=chief, at=after(1))
    assert refused.value.code == "payments.own_request"
    Refund.objects.filter(pk=refund.pk).update(requested_by=till.accounts["accountant"])
    refunds.decide(refund_id=refund.pk, approve=False, reason="Đã giải quyết xong", by=chief, at=after(1))
    assert Order.objects.get(pk=order.pk).state == "paid"
    with pytest.raises(Refusal):
        refunds.finish(refund_id=refund.pk, proof="UNC 12", by=accountant, at=after(2))


def test_money_is_left_out_with_a_reason_only(till: Till) -> None:
    till.send(till.told(None))
    asked = {"transfer_id": only("unknown").pk, "by": till.actor("accountant"), "at": after(1)}
    with pytest.raises(Refusal):
        transfers.ignore(**asked, reason="x")
    transfers.ignore(**asked, reason="Chuyển nội bộ")
    assert only("ignored").reason == "Chuyển nội bộ"


def test_partial_money_that_is_given_back_closes_the_order(till: Till) -> None:
    order = till.pay(till.asked(), 70_000)
    asked = {"reason": "Nộp nhầm chỗ", "to_account": "", "by": till.actor("accountant"), "at": after(1)}
    refund = refunds.ask_for_transfer(transfer_id=only("partial").pk, **asked)
    refunds.decide(refund_id=refund.pk, approve=True, by=till.actor("chief"), at=after(1))
    refunds.finish(refund_id=refund.pk, proof="UNC 12", by=till.actor("accountant"), at=after(2))
    order.refresh_from_db()
    assert (order.state, order.received) == ("cancelled", 0)
