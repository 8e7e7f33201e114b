"""The same dossier brought by several at once is one dossier: the database decides."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from tinhso.kernel.cases.models import Case
from tinhso.modules.dossiers import door
from tinhso.modules.dossiers.models import Dossier
from tinhso.modules.dossiers.tests.factories import Office
from tinhso.modules.dossiers.tests.test_inbound import arrival, take_in


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_two_arriving_at_once_are_one() -> None:
    office = Office()
    what = arrival(office)

    def arrive(_: int) -> door.Arrived:
        try:
            return take_in(what)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        arrived = list(pool.map(arrive, range(4)))
    assert len({one.case_id for one in arrived}) == 1
    assert [len(one.part_ids) for one in arrived].count(1) == 1
    assert Dossier.objects.count() == 1
    assert Case.objects.get().journal_seq == 1
