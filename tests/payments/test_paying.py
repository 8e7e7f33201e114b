"""A citizen pays a fee by VietQR and gets one receipt; the dossier that waited for it goes on."""

from __future__ import annotations

import pytest
from tests.payments.factories import FEE, START, Till, verdicts

from tinhso.kernel.errors import Refusal
from tinhso.kernel.facts.models import Fact
from tinhso.kernel.files.queries import content
from tinhso.kernel.journal.jobs import follow
from tinhso.kernel.journal.models import Entry
from tinhso.kernel.notices.models import Notice
from tinhso.kernel.papers.signing import verify
from tinhso.kernel.papers.tests.archive import faults
from tinhso.kernel.testing.jobs import run_jobs
from tinhso.modules.dossiers import actions as dossiers
from tinhso.modules.dossiers.models import Dossier
from tinhso.modules.dossiers.tests.factories import after, state, verbs
from tinhso.modules.payments.actions import orders, receipts
from tinhso.modules.payments.models import Order, Receipt
from tinhso.modules.payments.queries import accounts
from tinhso.modules.payments.rules import vietqr
from tinhso.modules.payments.rules.fees import Count

pytestmark = pytest.mark.django_db


def test_a_fee_is_asked_for_at_filing_and_paid_by_transfer_it_has_one_signed_receipt(till: Till, press: None) -> None:
    order = till.asked()
    assert (order.amount, order.state) == (FEE, "requested")
    assert vietqr.read(accounts.qr_text(order)) == vietqr.Transfer("970999", "9990000000001", FEE, order.reference)
    order = till.pay(order)
    assert (order.state, order.method, order.received) == ("paid", "transfer", FEE)
    receipt = Receipt.objects.get(order=order)
    assert (str(receipt.series), receipt.number) == ("EBL01 26TAA", 1)
    assert receipt.data["amount_words"] == "Bảy mươi lăm nghìn đồng"
    assert receipt.attachment is not None
    assert faults(content(receipt.attachment), tagged=True) == []
    (signature,) = verify(content(receipt.attachment))
    assert (signature.is_valid, signature.is_demonstration) == (True, True)
    dossier = Dossier.objects.get(pk=order.case_id)
    assert dossier.fee == FEE
    assert dossier.fee_paid_at is not None
    assert verbs(dossier) == ["file", "requested", "paid", "fee_paid"]


def test_the_payer_is_told_with_the_way_to_pay_and_once_it_is_paid(till: Till) -> None:
    order = till.pay(till.asked())
    told = Notice.objects.filter(kind__startswith="payments.").order_by("id").values_list("kind", "url")
    address = f"/thanh-toan/{order.reference}/"
    assert list(told) == [("payments.requested", address), ("payments.paid", address)]


def test_online_and_cash_payments_are_counted_apart(till: Till) -> None:
    till.pay(till.asked())
    second = till.asked(after(hours=1))
    orders.collect_cash(order_id=second.pk, by=till.actor("cashier"), at=after(hours=2))
    run_jobs()
    names = list(Fact.objects.filter(name__startswith="payments.").order_by("id").values_list("name", "dims__method"))
    assert names == [("payments.paid", "transfer"), ("payments.paid_online", "transfer"), ("payments.paid", "cash")]
    dims = Fact.objects.filter(name="payments.paid_online").values_list("dims", flat=True)[0]
    assert dims == {"channel": "online", "procedure": "1.004873", "field": dims["field"], "method": "transfer"}


def test_the_browsers_return_makes_nothing_paid(till: Till) -> None:
    order = till.asked()
    orders.say_sent(order_id=order.pk, by=till.actor("lan"), at=START)
    order.refresh_from_db()
    assert order.state == "pending"
    assert not Receipt.objects.exists()
    assert till.pay(order).state == "paid"


def test_a_payment_that_failed_at_the_bank_can_be_tried_again(till: Till) -> None:
    order = till.asked()
    till.send(till.told(order, is_paid=False))
    order.refresh_from_db()
    assert (order.state, order.transfers.count()) == ("failed", 0)
    assert till.pay(order, number=2).state == "paid"


def test_a_job_that_died_between_payment_and_receipt_gives_one_receipt_when_it_runs_again(
    till: Till, press: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    order = till.asked()
    till.send(till.told(order))
    entry = Entry.objects.get(verb="payments.paid")

    def dies(*, receipt_id: int) -> None:
        raise OSError("no more room")

    with monkeypatch.context() as broken:
        broken.setattr(receipts, "print_signed", dies)
        with pytest.raises(OSError, match="room"):
            follow(entry_id=entry.pk)
    assert Receipt.objects.get().attachment is None
    run_jobs()
    follow(entry_id=entry.pk)
    receipt = Receipt.objects.get()
    assert (receipt.number, receipt.series.last) == (1, 1)
    assert receipt.attachment is not None


def test_a_dossier_that_waits_for_a_financial_obligation_goes_on_when_it_is_paid(till: Till) -> None:
    dossier = dossiers.ask_payment(
        dossier_id=till.at_work().pk, amount=1_000_000, notice="Thông báo 01", by=till.actor("handler"), at=after(1)
    )
    run_jobs()
    order = Order.objects.get(case_id=dossier.pk, purpose="finance")
    assert (state(dossier), order.amount, order.state) == ("payment", 1_000_000, "requested")
    till.pay(order, 400_000, booked_at=after(1, 1))
    assert state(dossier) == "payment"
    till.pay(order, 600_000, number=2, booked_at=after(1, 2))
    assert state(dossier) == "processing"
    assert verbs(dossier).count("confirm_payment") == 1


def test_the_handlers_own_confirmation_stays_and_closes_what_was_asked(till: Till) -> None:
    dossier = dossiers.ask_payment(
        dossier_id=till.at_work().pk, amount=1_000_000, notice="Thông báo 01", by=till.actor("handler"), at=after(1)
    )
    run_jobs()
    proof = "Giấy nộp tiền số 12 ngày 17/11/2026"
    dossiers.confirm_payment(dossier_id=dossier.pk, by=till.actor("handler"), at=after(1, 1), proof=proof)
    run_jobs()
    assert Order.objects.get(case_id=dossier.pk, purpose="finance").state == "cancelled"
    assert verbs(dossier).count("confirm_payment") == 1


def test_late_money_for_an_earlier_obligation_does_not_end_a_later_wait(till: Till) -> None:
    dossier = till.at_work()
    for day in (1, 3):
        dossiers.ask_payment(
            dossier_id=dossier.pk, amount=1_000_000 * day, notice="Lần", by=till.actor("handler"), at=after(day)
        )
        run_jobs()
        if day == 1:
            dossiers.confirm_payment(
                dossier_id=dossier.pk, by=till.actor("handler"), at=after(2), proof="Giấy nộp tiền số 12"
            )
            run_jobs()
    first = Order.objects.get(case_id=dossier.pk, purpose="finance", state="cancelled")
    till.pay(first, 1_000_000, booked_at=after(4))
    assert (Order.objects.get(pk=first.pk).state, state(dossier)) == ("cancelled", "payment")
    assert verdicts(first) == ["late"]


def test_an_exemption_needs_its_paper_and_then_nothing_is_asked(till: Till) -> None:
    order = till.asked()
    asked = {"order_id": order.pk, "counts": {}, "relief": "ho_ngheo", "by": till.actor("cashier"), "at": after(1)}
    with pytest.raises(Refusal) as refused:
        orders.count_anew(**asked, relief_note="")
    assert refused.value.field == "relief_note"
    orders.count_anew(**asked, relief_note="Giấy chứng nhận hộ nghèo số 12/2026")
    run_jobs()
    order.refresh_from_db()
    assert (order.amount, order.state) == (0, "not_required")
    dossier = Dossier.objects.get(pk=order.case_id)
    assert (dossier.fee, dossier.fee_note) == (0, "hộ nghèo")


def test_a_number_of_pieces_that_cannot_be_is_refused(till: Till) -> None:
    order = till.asked()
    with pytest.raises(Refusal) as refused:
        orders.count_anew(
            order_id=order.pk, counts={"hon-nhan": Count(-1)}, relief="", relief_note="", by=till.actor("cashier"),
            at=after(1),
        )  # fmt: skip
    assert refused.value.code == "payments.counts"


def test_a_dossier_that_is_withdrawn_is_not_asked_for_money_any_more(till: Till) -> None:
    order = till.asked()
    reason = "Tôi đổi ý, sẽ nộp lại sau"
    dossiers.withdraw(dossier_id=order.case_id, reason=reason, by=till.actor("lan"), at=after(hours=1))
    run_jobs()
    order.refresh_from_db()
    assert (order.state, order.note) == ("cancelled", "Hồ sơ đã kết thúc")
