"""Two rounds for the tests of the whole: one published, one in which the commune fills its card."""

from __future__ import annotations

import io
from datetime import date, datetime, timedelta

from tinhso.kernel.people.rules import SYSTEM, Actor
from tinhso.kernel.units.models import Unit
from tinhso.modules.scorecards.actions import editions, filling, proving, reviewing, rounds
from tinhso.modules.scorecards.models import Card
from tinhso.modules.scorecards.rules.words import EvidenceKind
from tinhso.modules.scorecards.tests import sheets

PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"
PUBLISHED, OPEN = "ky-cong-bo", "ky-mo"


def assess(head: Actor, council: Actor, *units: Unit, at: datetime) -> None:
    """``head`` fills for the first of the units; the others are in both rounds as well."""
    version = editions.draft(sheets.content(), by=SYSTEM, at=at)
    edition = editions.publish(version.pk, valid_from=date(2026, 1, 1), by=SYSTEM, at=at)
    ids = [unit.pk for unit in units]
    for code in (PUBLISHED, OPEN):
        asked = rounds.Asked(
            code,
            f"Kỳ thử {code}",
            edition.pk,
            date(2026, 1, 1),
            date(2026, 12, 31),
            at + timedelta(days=3650),
            units=ids,
        )
        opened = rounds.open_round(asked, by=SYSTEM, at=at)
        card = Card.objects.get(round=opened, unit=units[0])
        where = {"card_id": card.pk, "criterion": "1.3", "by": head, "at": at}
        filling.fill(**where, values={"a": "1"}, revision=None)
        proof = proving.Proof(EvidenceKind.FILE, stream=io.BytesIO(PDF), name="bao-cao.pdf")
        proving.attach(**where, proof=proof)
        if code == PUBLISHED:
            filling.submit(card_id=card.pk, by=head, at=at)
            reviewing.finish_review(card_id=card.pk, by=council, at=at)
            rounds.close(round_id=opened.pk, by=SYSTEM, at=at)
            rounds.publish(round_id=opened.pk, number="1/QĐ-UBND", decided_on=at.date(), by=SYSTEM, at=at)
