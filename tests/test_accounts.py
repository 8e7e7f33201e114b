"""Accounts and active people as numbers."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tinhso.kernel.manifest import registry
from tinhso.kernel.people.measures import keep_active
from tinhso.kernel.people.models import Account, ActiveMonth, Person
from tinhso.kernel.testing import people
from tinhso.kernel.testing.province import found

pytestmark = pytest.mark.django_db
SINCE, UNTIL = date(2026, 11, 1), date(2026, 11, 30)


@pytest.fixture
def province():
    """Three citizens: two of the commune, one who did not say where; one of the two was here in November."""
    province = found()
    for name in ("lan", "minh", "hoa"):
        account = people.citizen(name)
        Account.objects.filter(pk=account.pk).update(created_at=datetime(2026, 11, 30, 16, tzinfo=UTC))
        if name != "hoa":
            Person.objects.filter(account=account).update(commune=province.commune)
    Account.objects.filter(username="lan").update(last_login=datetime(2026, 11, 15, tzinfo=UTC))
    Account.objects.filter(username="minh").update(last_login=datetime(2026, 12, 1, tzinfo=UTC))
    people.official("can-bo", province.commune)
    return province


def values(code, province, until=UNTIL):
    units = [province.root.pk, province.commune.pk, province.other.pk]
    measured = registry.measures[code].values(units, SINCE, until)
    return [measured[unit].value for unit in units]


def test_accounts_are_counted_where_people_live_and_officials_are_not(province):
    assert values("core.accounts", province) == [Decimal(3), Decimal(2), Decimal(0)]
    assert values("core.accounts", province, date(2026, 11, 29)) == [Decimal(0), Decimal(0), Decimal(0)]


def test_active_is_who_signed_in_within_the_period(province):
    assert values("core.active_people", province) == [Decimal(1), Decimal(1), Decimal(0)]


def test_who_comes_back_later_was_active_in_the_month_before_too(province):
    keep_active(datetime(2026, 11, 20, 17, 12, tzinfo=UTC))
    Account.objects.filter(username="lan").update(last_login=datetime(2026, 12, 2, tzinfo=UTC))
    keep_active(datetime(2026, 11, 30, 17, 12, tzinfo=UTC))  # the first night of December, for November
    assert values("core.active_people", province) == [Decimal(1), Decimal(1), Decimal(0)]
    assert values("core.active_people", province, date(2026, 11, 29)) == [Decimal(0), Decimal(0), Decimal(0)]
    keep_active(datetime(2026, 12, 5, 17, 12, tzinfo=UTC))
    kept = ActiveMonth.objects.order_by("month").values_list("month", "commune_id", "number")
    assert list(kept) == [(SINCE, province.commune.pk, 1), (date(2026, 12, 1), province.commune.pk, 2)]


def test_however_many_units_are_asked_it_is_one_statement(province):
    values("core.accounts", province)
    with CaptureQueriesContext(connection) as seen:
        values("core.accounts", province)
    assert len(seen) == 1
