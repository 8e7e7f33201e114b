"""A citizen pays a fee by VietQR and gets one receipt; bad days change nothing or wait for a person."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from tests.payments.factories import FEE, START, Till

from tinhso.kernel.errors import NotAllowed, NotFound, Refusal
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
from tinhso.modules.payments.actions.notices import take_notice
from tinhso.modules.payments.models import BankNotice, Order, Receipt, ReceiptSeries, Transfer
from tinhso.modules.payments.queries import accounts
from tinhso.modules.payments.queries import orders as queries
from tinhso.modules.payments.queries.accounts import secret_of
from tinhso.modules.payments.rules import vietqr
from tinhso.modules.payments.rules.adapters.demo import DemoBank
from tinhso.modules.payments.rules.fees import Count
from tinhso.modules.payments.rules.signatures import signature

pytestmark = pytest.mark.django_db


def verdicts(order: Order) -> list[str]:
    return list(order.transfers.order_by("booked_at", "id").values_list("verdict", flat=True))


def rows() -> list[object]:
    """All that money can change, to be compared before and after a refusal."""
    return [list(model.objects.order_by("pk").values()) for model in (Order, Transfer, BankNotice, Receipt, Entry)]


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


@pytest.mark.parametrize("header", ["X-Tinhso-Timestamp", "X-Tinhso-Signature"])
def test_a_forged_notice_changes_nothing(till: Till, header: str) -> None:
    told = till.told(till.asked())
    headers, _ = DemoBank().compose(told, secret=secret_of(till.account), at=told.booked_at)
    before = rows()
    with pytest.raises(NotAllowed):
        till.send(told, headers={**headers, header: "1234567890"})
    with pytest.raises(NotAllowed):
        till.send(replace(told, amount=1), headers=headers)  # another body under the same signature
    assert rows() == before


def test_an_old_notice_is_refused_even_when_it_was_signed_well(till: Till) -> None:
    told = till.told(till.asked())
    headers, body = DemoBank().compose(told, secret=secret_of(till.account), at=told.booked_at)
    before = rows()
    late = told.booked_at + timedelta(minutes=6)
    with pytest.raises(NotAllowed) as refused:
        take_notice(account_code="minh-hoa", headers=headers, body=body, at=late)
    assert refused.value.code == "payments.time_window"
    assert rows() == before


def test_a_notice_for_another_account_or_of_another_shape_is_refused(till: Till) -> None:
    order = till.asked()
    before = rows()
    with pytest.raises(Refusal) as refused:
        till.send(till.told(order, account="1"))
    assert refused.value.code == "payments.other_account"
    secret = secret_of(till.account)
    for body in (b"", b"[]", b"{", b'{"notice_id": "x"}', b'{"amount": "75000"}'):
        headers = DemoBank().compose(till.told(order), secret=secret, at=START)[0]
        stamp = headers["X-Tinhso-Timestamp"]
        headers["X-Tinhso-Signature"] = signature(secret, stamp, body)
        with pytest.raises(Refusal) as refused:
            take_notice(account_code="minh-hoa", headers=headers, body=body, at=START)
        assert refused.value.code == "payments.notice_shape"
    with pytest.raises(NotFound):
        take_notice(account_code="khong-co", headers={}, body=b"", at=START)
    assert rows() == before


def test_a_replayed_notice_is_answered_alike_and_changes_nothing(till: Till) -> None:
    order = till.asked()
    told = till.told(order)
    first = till.send(told)
    run_jobs()
    before = rows()
    again = till.send(told)
    assert (first.is_new, again.is_new) == (True, False)
    assert (again.verdict, again.order) == ("matched", order.reference)
    run_jobs()
    assert rows() == before


def test_the_same_booking_told_by_two_notices_pays_once(till: Till) -> None:
    order = till.pay(till.asked())
    till.send(till.told(order, notice_id="N99"))
    order.refresh_from_db()
    assert (order.received, verdicts(order)) == (FEE, ["matched"])


def test_parts_add_up_in_whatever_order_the_notices_come(till: Till) -> None:
    order = till.asked()
    later, sooner = START + timedelta(hours=3), START + timedelta(hours=2)
    order = till.pay(order, 5_000, number=2, booked_at=later)
    assert (order.state, order.missing) == ("mismatch", 70_000)
    assert queries.came_words(order) == "Đã nhận 5.000\u00a0đ, còn thiếu 70.000\u00a0đ."
    assert vietqr.read(accounts.qr_text(order)).amount == 70_000
    order = till.pay(order, 70_000, number=1, booked_at=sooner)
    assert (order.state, verdicts(order)) == ("paid", ["matched", "matched"])
    assert Receipt.objects.filter(order=order).count() == 1


def test_too_much_waits_for_the_accountant(till: Till) -> None:
    order = till.pay(till.asked(), 80_000)
    assert (order.state, order.surplus, verdicts(order)) == ("mismatch", 5_000, ["over"])
    assert Dossier.objects.get(pk=order.case_id).fee_paid_at is None
    assert not Receipt.objects.exists()


def test_paid_twice_the_second_is_a_double_and_the_order_stays_paid(till: Till) -> None:
    order = till.pay(till.asked())
    order = till.pay(order, number=2, booked_at=START + timedelta(hours=2))
    assert (order.state, verdicts(order), Receipt.objects.count()) == ("paid", ["matched", "double"], 1)


def test_money_without_a_reference_waits(till: Till) -> None:
    till.asked()
    assert till.send(till.told(None)).verdict == "unknown"


def test_an_expired_code_that_is_paid_late_waits_and_its_new_code_can_still_be_paid(till: Till) -> None:
    order = till.asked()
    late = START + timedelta(days=8)
    orders.expire(order_id=order.pk, by=till.actor("system"), at=late)
    fresh = orders.renew(order_id=order.pk, by=till.actor("lan"), at=late)
    again = orders.renew(order_id=order.pk, by=till.actor("lan"), at=late)
    assert (fresh.pk, fresh.state) == (again.pk, "requested")
    assert fresh.reference != order.reference
    till.pay(fresh, booked_at=late + timedelta(hours=1))
    order = till.pay(order, number=2, booked_at=late + timedelta(hours=2))
    assert (order.state, verdicts(order)) == ("expired", ["late"])
    assert Order.objects.get(pk=fresh.pk).state == "paid"
    assert Receipt.objects.count() == 1


def test_a_code_paid_in_time_is_paid_although_the_notice_came_after_it_ran_out(till: Till) -> None:
    order = till.asked()
    late = START + timedelta(days=8)
    orders.expire(order_id=order.pk, by=till.actor("system"), at=late)
    fresh = orders.renew(order_id=order.pk, by=till.actor("lan"), at=late)
    headers_at = late + timedelta(minutes=1)
    till.send(till.told(order, booked_at=START + timedelta(days=6)), at=headers_at)
    order.refresh_from_db()
    assert order.state == "paid"
    assert Order.objects.get(pk=fresh.pk).state == "cancelled"


def test_a_code_that_was_paid_does_not_run_out(till: Till) -> None:
    order = till.pay(till.asked())
    orders.expire(order_id=order.pk, by=till.actor("system"), at=START + timedelta(days=9))
    assert Order.objects.get(pk=order.pk).state == "paid"


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


def test_cash_noted_at_the_one_stop_shop_is_booked_with_a_receipt(till: Till) -> None:
    dossier = till.receive(fee_paid=False)
    run_jobs()
    assert Order.objects.get(case_id=dossier.pk).state == "requested"
    dossiers.record_fee(dossier_id=dossier.pk, by=till.actor("clerk"), at=after(hours=1))
    run_jobs()
    order = Order.objects.get(case_id=dossier.pk)
    assert (order.state, order.method, order.cashier) == ("paid", "cash", till.accounts["clerk"])
    assert Receipt.objects.get().issued_by == till.accounts["clerk"]
    assert verbs(dossier).count("fee_paid") == 1


def test_cash_taken_twice_is_one_payment(till: Till) -> None:
    order = till.asked()
    for hour in (1, 2):
        orders.collect_cash(order_id=order.pk, by=till.actor("cashier"), at=after(hours=hour))
        run_jobs()
    assert Entry.objects.filter(verb="payments.paid").count() == 1
    assert Receipt.objects.count() == 1
    assert till.pay(order, number=7).state == "paid"
    assert verdicts(order) == ["double"]


@pytest.mark.parametrize("who", ["lan", "handler", "chief", "cashier_elsewhere", "tariff"])
def test_who_may_not_collect_is_refused_and_nothing_changes(till: Till, who: str) -> None:
    order = till.asked()
    before = rows()
    with pytest.raises(NotAllowed):
        orders.collect_cash(order_id=order.pk, by=till.actor(who), at=after(hours=1))
    with pytest.raises(NotAllowed):
        orders.cancel(order_id=order.pk, reason="Nhầm lẫn", by=till.actor(who), at=after(hours=1))
    with pytest.raises(NotAllowed):
        orders.count_anew(order_id=order.pk, counts={}, relief="", relief_note="", by=till.actor(who), at=after(1))
    assert rows() == before


def test_cash_is_refused_while_money_that_does_not_fit_lies_there(till: Till) -> None:
    order = till.pay(till.asked(), 70_000)
    with pytest.raises(Refusal) as refused:
        orders.collect_cash(order_id=order.pk, by=till.actor("cashier"), at=after(hours=3))
    assert refused.value.code == "payments.money_lies_there"


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


def test_receipts_are_numbered_from_one_each_year(till: Till) -> None:
    unit = till.province.commune.pk
    first = till.pay(till.asked())
    order = till.asked(after(hours=1))
    till.send(till.told(order, number=2))
    made = receipts.issue(order_id=order.pk, by=till.actor("system"), at=after(60))  # in January
    assert Receipt.objects.get(order=first).number == 1
    assert (str(made.series), made.number) == ("EBL01 27TAA", 1)
    assert ReceiptSeries.objects.filter(unit_id=unit).count() == 2


def test_a_receipt_is_replaced_by_the_next_number_and_cancelled_ones_keep_theirs(till: Till) -> None:
    order = till.pay(till.asked())
    old = Receipt.objects.get()
    asked = {"reason": "Sai tên người nộp", "by": till.actor("accountant"), "at": after(1)}
    new = receipts.replace(receipt_id=old.pk, payer_name="Nguyễn Thị Lân", **asked)
    receipts.print_signed(receipt_id=new.pk)
    old.refresh_from_db()
    assert (old.state, new.state, new.number, new.replaces_id) == ("replaced", "issued", 2, old.pk)
    assert (old.data["payer"], new.data["payer"]) == ("Minh họa", "Nguyễn Thị Lân")
    assert new.data["replaces"] == "EBL01 26TAA 00000001"
    with pytest.raises(Refusal):
        receipts.cancel(receipt_id=old.pk, **asked)
    receipts.cancel(receipt_id=new.pk, **asked)
    assert receipts.issue(order_id=order.pk, by=till.actor("system"), at=after(2)).pk == new.pk
    assert ReceiptSeries.objects.get().last == 2


@pytest.mark.parametrize("who", ["cashier", "cashier_elsewhere", "lan"])
def test_only_the_units_accountant_ends_receipts(till: Till, who: str) -> None:
    till.pay(till.asked())
    receipt = Receipt.objects.get()
    with pytest.raises(NotAllowed):
        receipts.cancel(receipt_id=receipt.pk, reason="Sai số tiền", by=till.actor(who), at=after(1))
    receipt.refresh_from_db()
    assert receipt.state == "issued"
