"""Rounds and cards in a real province, and the people who work on them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from tinhso.kernel.people.models import Account
from tinhso.kernel.people.rules import SYSTEM
from tinhso.kernel.testing import people
from tinhso.kernel.testing.people import actor
from tinhso.kernel.testing.province import Province
from tinhso.modules.scorecards.actions import editions, filling, proving, reviewing, rounds
from tinhso.modules.scorecards.models import Card, Cell, Round
from tinhso.modules.scorecards.rules.words import EvidenceKind
from tinhso.modules.scorecards.tests import sheets

NOW = datetime(2026, 12, 1, 2, tzinfo=UTC)  # 9 o'clock in Vietnam
LATER = datetime(2026, 12, 10, 2, tzinfo=UTC)


@dataclass(frozen=True)
class Stage:
    """Two communes, who fills for each, and who judges. Actors are read anew from the accounts."""

    here: Province
    clerk: Account
    head: Account
    stranger: Account
    council: Account
    manager: Account


def people_of(here: Province) -> Stage:
    """Officials of both communes; council and manager work for the province."""
    return Stage(
        here,
        people.official("tu", here.commune, "scorecards.clerk"),
        people.official("lanh", here.commune, "scorecards.head"),
        people.official("khac", here.other, "scorecards.head"),
        people.official("hoi.dong", here.department, "scorecards.council", also_on=(here.root,)),
        people.official("chu.tri", here.root, "scorecards.manager"),
    )


def edition(content: dict[str, Any] | None = None) -> int:
    version = editions.draft(content or sheets.content(), by=SYSTEM, at=NOW)
    return editions.publish(version.pk, valid_from=date(2026, 1, 1), by=SYSTEM, at=NOW).pk


def opened(stage: Stage, content: dict[str, Any] | None = None, *, code: str = "ky-2026", units: Any = None) -> Round:
    asked = rounds.Asked(
        code, "Đánh giá năm 2026", edition(content), date(2026, 1, 1), date(2026, 12, 31),
        datetime(2026, 12, 15, 10, tzinfo=UTC), units=units or (stage.here.commune.pk, stage.here.other.pk),
    )  # fmt: skip
    return rounds.open_round(asked, by=actor(stage.manager), at=NOW)


def card(round_: Round, unit: Any) -> Card:
    return Card.objects.get(round=round_, unit=unit)


def fill(where: Card, by: Account, values: dict[str, dict[str, str]] | None = None, *, at: datetime = NOW) -> None:
    for code, given in (values or sheets.FULL).items():
        filling.fill(card_id=where.pk, criterion=code, values=given, revision=None, by=actor(by), at=at)


def prove(where: Card, by: Account, *codes: str) -> None:
    proof = proving.Proof(EvidenceKind.LINK, url="https://xa.example.vn/van-ban")
    for code in codes or Cell.objects.filter(card=where).values_list("criterion", flat=True):
        proving.attach(card_id=where.pk, criterion=code, proof=proof, by=actor(by), at=NOW)


def sent(where: Card, by: Account, values: dict[str, dict[str, str]] | None = None) -> Card:
    """A card filled, proved and sent by one person."""
    fill(where, by, values)
    prove(where, by)
    return filling.submit(card_id=where.pk, by=actor(by), at=LATER)


def reviewed(where: Card, by: Account, values: dict[str, dict[str, str]] | None, council: Account) -> Card:
    sent(where, by, values)
    return reviewing.finish_review(card_id=where.pk, by=actor(council), at=LATER)
