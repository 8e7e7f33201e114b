"""A commune with a returned dossier, and the people who decide about personal data in the province."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from tinhso.kernel.cases.models import Case
from tinhso.kernel.cases.rules import Phase
from tinhso.kernel.files import actions as files
from tinhso.kernel.journal import queries as journal
from tinhso.kernel.people.models import Account
from tinhso.kernel.people.queries import actor_of
from tinhso.kernel.people.rules import Actor
from tinhso.kernel.testing import people
from tinhso.modules.dossiers import actions as dossiers
from tinhso.modules.dossiers.models import Dossier, Part
from tinhso.modules.dossiers.tests.factories import START, Office
from tinhso.modules.privacy.actions import disposing, schedules

LATER = START + timedelta(days=366 * 21)  # all that is kept for twenty years is due
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


class Privacy:
    """Lan's dossiers; an officer proposes and answers, an approver decides, a clerk may neither."""

    def __init__(self) -> None:
        self.office = Office()
        root = self.office.province.root
        self.accounts: dict[str, Account] = {
            **self.office.accounts,
            "officer": people.official("officer", root, "privacy.officer"),
            "second": people.official("second", root, "privacy.officer"),
            "approver": people.official("approver", root, "privacy.approver"),
        }
        schedules.load_seeds(at=START)

    def actor(self, who: str) -> Actor:
        return actor_of(self.accounts[who])

    def closed(self, at: datetime = START) -> Dossier:
        """A dossier with a paper, a note and a message, whose life is over."""
        dossier = self.office.filed(at)
        paper = files.store(
            SimpleUploadedFile("giay.pdf", PDF), name="giay.pdf", by_account_id=self.accounts["lan"].pk,
            purpose="dossiers.component",
        )  # fmt: skip
        Part.objects.filter(dossier=dossier).update(attachment=paper)
        dossiers.note(dossier_id=dossier.pk, text="Bà Lan gọi điện hỏi.", by=self.actor("handler"), at=at)
        dossiers.withdraw(dossier_id=dossier.pk, reason="Tôi chuyển nhà.", by=self.actor("lan"), at=at)
        Case.objects.filter(pk=dossier.pk).update(phase=Phase.CLOSED, settled_at=at)
        return Dossier.objects.select_related("case").get(pk=dossier.pk)

    def disposal(self, at: datetime = LATER) -> Any:
        """Proposed by the officer and approved by the second person."""
        made = disposing.propose(by=self.actor("officer"), at=at)
        return disposing.approve(disposal_id=made.pk, by=self.actor("approver"), at=at)

    def ended(self, disposal: Any, at: datetime = LATER, size: int = 200) -> int:
        """Batches until nothing is left; how many there were."""
        batches = 1
        while disposing.end_batch(disposal_id=disposal.pk, at=at, size=size):
            batches += 1
        disposal.refresh_from_db()
        return batches


def damage() -> list[str]:
    return [f"{one.where}: {one.what}" for one in journal.verify()]
