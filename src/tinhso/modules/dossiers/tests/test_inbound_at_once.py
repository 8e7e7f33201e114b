"""The same dossier brought by several at once is one dossier: the database decides."""

from __future__ import annotations

from functools import partial

import pytest

from tinhso.kernel.cases.models import Case
from tinhso.kernel.testing.together import at_once
from tinhso.modules.dossiers.models import Dossier
from tinhso.modules.dossiers.tests.factories import Office
from tinhso.modules.dossiers.tests.test_inbound import arrival, take_in


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_two_arriving_at_once_are_one() -> None:
    office = Office()
    what = arrival(office)

    arrived = at_once(*[partial(take_in, what)] * 4)
    assert len({one.case_id for one in arrived}) == 1
    assert [len(one.part_ids) for one in arrived].count(1) == 1
    assert Dossier.objects.count() == 1
    assert Case.objects.get().journal_seq == 1
