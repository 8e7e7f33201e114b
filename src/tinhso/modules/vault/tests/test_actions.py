"""A paper digitised or issued in one dossier is used again in the next; and who may not is refused."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import pytest

from tinhso.kernel.testing.jobs import run_jobs
from tinhso.modules.dossiers.actions import attach_kept, file_online
from tinhso.modules.dossiers.models import Dossier, Part
from tinhso.modules.dossiers.tests.factories import START, Office, after
from tinhso.modules.vault import actions
from tinhso.modules.vault.models import Item, Use

pytestmark = [pytest.mark.django_db]


@pytest.fixture
def office() -> Office:
    return Office()


def test_try(office):
    from tinhso.modules.dossiers import actions as dossiers

    d = office.to_sign()
    dossiers.sign(dossier_id=d.pk, by=office.actor("leader"), at=after(1, 4))
    dossiers.finish(dossier_id=d.pk, by=office.actor("registrar"), at=after(1, 5))
    run_jobs()
    for i in Item.objects.all():
        print(i, i.kind, i.origin, i.number, i.signature, i.signed_by, i.valid_until, i.text[:50], i.issuer)
    assert Item.objects.count() == 5
