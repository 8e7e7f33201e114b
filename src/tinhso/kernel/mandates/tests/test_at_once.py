"""A code is taken up at once by several: the database decides, and one gets it."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from tinhso.kernel.mandates import actions as mandates
from tinhso.kernel.mandates.models import Mandate
from tinhso.kernel.people.queries import actor_of
from tinhso.kernel.people.tests import factories
from tinhso.kernel.testing.together import at_once

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]
AT = datetime(2026, 11, 16, 2, 0, tzinfo=UTC)


def test_one_code_taken_up_at_once_goes_to_one() -> None:
    giver = factories.citizen("me", identity_number="079160012347")
    takers = [actor_of(factories.citizen(name)) for name in ("lan", "minh", "hoa")]
    _mandate, code = mandates.give(ends_on=date(2027, 6, 30), by=actor_of(giver), at=AT)
    gave = at_once(*[lambda by=by: mandates.take_up(code=code, by=by, at=AT).holder_id for by in takers])
    assert sorted(map(str, gave))[1:] == ["mandates.no_offer"] * 2
    assert str(Mandate.objects.get().holder_id) == sorted(map(str, gave))[0]
