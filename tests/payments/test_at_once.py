"""Two at once: the database decides, nothing is paid twice and no number is given twice."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

import pytest
from tests.payments.factories import START, Till

from tinhso.kernel.journal.models import Entry
from tinhso.kernel.people.rules import SYSTEM
from tinhso.kernel.testing.jobs import run_jobs
from tinhso.kernel.testing.together import at_once
from tinhso.modules.dossiers.tests.factories import after
from tinhso.modules.payments.actions import orders, receipts
from tinhso.modules.payments.models import BankNotice, Order, Receipt, ReceiptSeries, Transfer


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_notices_cash_and_receipts_at_once() -> None:
    till = Till()
    asked = [till.asked(after(hours=hour)) for hour in (0, 0.1, 0.2, 0.3)]

    told = till.told(asked[0])
    taken = at_once(*[partial(till.send, told)] * 4)
    assert [one.is_new for one in taken].count(True) == 1
    assert (BankNotice.objects.count(), Transfer.objects.count()) == (1, 1)

    halves = [till.told(asked[1], 37_500, number=10 + n, booked_at=START + timedelta(hours=n + 1)) for n in range(2)]
    at_once(*(partial(till.send, half) for half in halves))
    assert Order.objects.get(pk=asked[1].pk).state == "paid"

    cashier = till.actor("cashier")
    at_once(*[partial(orders.collect_cash, order_id=asked[2].pk, by=cashier, at=after(hours=2))] * 3)
    till.send(till.told(asked[3], number=20))
    paid = Entry.objects.filter(verb="payments.paid")
    assert (paid.count(), paid.values("case_id").distinct().count()) == (4, 4)

    many = [order.pk for order in asked for _ in range(2)]
    made = at_once(*(partial(receipts.issue, order_id=one, by=SYSTEM, at=after(hours=3)) for one in many))
    assert sorted({one.number for one in made}) == [1, 2, 3, 4]
    run_jobs()
    assert sorted(Receipt.objects.values_list("number", flat=True)) == [1, 2, 3, 4]
    assert ReceiptSeries.objects.get().last == 4
