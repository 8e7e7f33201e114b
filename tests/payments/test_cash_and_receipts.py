"""Cash at the counter, and receipts in their series: numbered, replaced, cancelled."""

from __future__ import annotations

import pytest
from tests.payments.factories import Till, rows, verdicts

from tinhso.kernel.errors import NotAllowed, Refusal
from tinhso.kernel.journal.models import Entry
from tinhso.kernel.testing.jobs import run_jobs
from tinhso.modules.dossiers import actions as dossiers
from tinhso.modules.dossiers.tests.factories import after, verbs
from tinhso.modules.payments.actions import orders, receipts
from tinhso.modules.payments.models import Order, Receipt, ReceiptSeries

pytestmark = pytest.mark.django_db


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
