"""The demonstration's morning without network: two receipts registered, one held; asked again nothing changes."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from tinhso.kernel.clock.rules import VIETNAM
from tinhso.kernel.people.models import Account
from tinhso.kernel.testing import people
from tinhso.kernel.testing.province import forget, found
from tinhso.modules.offline_counter.demo import demo
from tinhso.modules.offline_counter.models import Reception
from tinhso.modules.offline_counter.tests.factories import MARITAL, everything
from tinhso.modules.procedures import door

NOW = datetime(2026, 11, 20, 15, 30, tzinfo=VIETNAM)


@pytest.mark.django_db
def test_a_morning_without_network_is_shown_once() -> None:
    forget()
    door.forget()
    for code in (MARITAL, "1.000656"):
        door.publish_sample(code, valid_from=date(2026, 1, 1), at=NOW)
    shop = found().shop
    clerk = people.official("canbo.motcua", shop, "dossiers.clerk")
    people.official("giamdoc.mau", shop, "dossiers.director")
    Account.objects.filter(is_official=True).update(is_demonstration=True)
    demo(NOW)
    assert sorted(Reception.objects.values_list("state", flat=True)) == ["held", "registered", "registered"]
    assert Reception.objects.get(state="held").reasons == ["twin"]
    assert set(Reception.objects.values_list("clerk_id", flat=True)) == {clerk.pk}
    before = everything()
    demo(NOW)
    assert everything() == before
