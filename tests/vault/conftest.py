from __future__ import annotations

from datetime import date

import pytest
from tests.vault.papers import ARCHIVE

from tinhso.kernel.papers.scanning import Page
from tinhso.kernel.papers.scanning import Scan as Read
from tinhso.kernel.people.models import Grant
from tinhso.kernel.testing.jobs import run_jobs
from tinhso.modules.dossiers import actions as dossiers
from tinhso.modules.dossiers.models import Dossier
from tinhso.modules.dossiers.tests.factories import Office, after
from tinhso.modules.vault import jobs


@pytest.fixture
def office(monkeypatch: pytest.MonkeyPatch) -> Office:
    """The commune of dossiers, whose clerk digitises; scans are read at once and always the same."""
    made = Office()
    for place in (made.province.shop, made.province.commune):
        Grant.objects.create(account=made.accounts["clerk"], role="vault.digitiser", unit=place,
                             begins_on=date(2025, 7, 1))  # fmt: skip
    pages = (Page(1, 300, False, 12), Page(2, 150, True, 0))
    monkeypatch.setattr(jobs, "digitise", lambda *_, **__: Read(ARCHIVE, "GIẤY KHAI SINH\nNơi sinh: Tây Ninh\f", pages))
    return made


@pytest.fixture
def issued(office: Office) -> Dossier:
    dossier = office.to_sign()
    dossiers.sign(dossier_id=dossier.pk, by=office.actor("leader"), at=after(1, 4))
    dossiers.finish(dossier_id=dossier.pk, by=office.actor("registrar"), at=after(1, 5))
    run_jobs()
    return dossier
