"""A citizen pays a fee by VietQR and gets one receipt; bad notices change nothing."""

from __future__ import annotations

import pytest

from tinhso.kernel.testing.jobs import run_jobs
from tinhso.modules.dossiers.models import Dossier
from tinhso.modules.dossiers.tests.factories import verbs
from tinhso.modules.payments.models import Order, Receipt
from tinhso.modules.payments.tests.factories import FEE, Till

pytestmark = pytest.mark.django_db


def test_a_filed_dossier_is_asked_for_its_fee_and_paid_by_transfer_it_has_one_receipt():
    till = Till()
    order = till.asked()
    assert (order.amount, order.state) == (FEE, "requested")
    order = till.pay(order)
    assert (order.state, order.method, order.received) == ("paid", "transfer", FEE)
    receipt = Receipt.objects.get(order=order)
    assert (str(receipt.series), receipt.number) == ("EBL01 26TAA", 1)
    assert receipt.attachment is not None
    dossier = Dossier.objects.get(pk=order.case_id)
    assert dossier.fee == FEE
    assert dossier.fee_paid_at is not None
    assert verbs(dossier) == ["file", "requested", "paid", "fee_paid"]
    run_jobs()
    assert Order.objects.count() == 1
