"""What a bank tells: forged, old, repeated, out of order, too little, too much, twice, too late."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from tests.payments.factories import FEE, START, Till, rows, verdicts

from tinhso.kernel.errors import NotAllowed, NotFound, Refusal
from tinhso.kernel.testing.jobs import run_jobs
from tinhso.modules.dossiers.models import Dossier
from tinhso.modules.payments.actions import orders
from tinhso.modules.payments.actions.notices import take_notice
from tinhso.modules.payments.models import Order, Receipt
from tinhso.modules.payments.queries import accounts
from tinhso.modules.payments.queries import orders as queries
from tinhso.modules.payments.queries.accounts import secret_of
from tinhso.modules.payments.rules import vietqr
from tinhso.modules.payments.rules.adapters.demo import DemoBank
from tinhso.modules.payments.rules.signatures import signature

pytestmark = pytest.mark.django_db


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
