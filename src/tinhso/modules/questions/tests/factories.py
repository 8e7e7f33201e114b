"""A province with people who screen, write and approve, and questions as far as a test wants them."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

from tinhso.kernel.files.actions import store_made
from tinhso.kernel.people.models import Account
from tinhso.kernel.people.queries import actor_of
from tinhso.kernel.people.rules import NOBODY, Actor
from tinhso.kernel.search import queries as search
from tinhso.kernel.search import shelves
from tinhso.kernel.testing import people
from tinhso.kernel.testing.province import Province, found
from tinhso.modules.questions.actions import answering, asking, handling
from tinhso.modules.questions.actions.routing import load_seeds
from tinhso.modules.questions.models import Answer, Question
from tinhso.modules.questions.queries import routing
from tinhso.modules.questions.rules.asking import check_asked
from tinhso.modules.questions.rules.library import Reference, Written

MONDAY = datetime(2026, 11, 16, 2, tzinfo=UTC)  # 9 o'clock in Vietnam
WORDS = "Làm khai sinh cho con cần giấy tờ gì?"
ANSWER = "Nộp tờ khai và giấy chứng sinh tại Ủy ban nhân dân cấp xã nơi cư trú."
SOURCE = {"number": "60/2014/QH13", "place": "Điều 16"}
_keys = itertools.count(1)

ROLES = {
    "screener": "questions.screener",
    "writer": "questions.answerer",
    "approver": "questions.approver",
    "keeper": "questions.keeper",
}


@dataclass
class World:
    """Officials of one commune by what they do; ``outsider`` does all of it in another commune."""

    province: Province
    officials: dict[str, Account] = field(default_factory=dict)

    def actor(self, name: str) -> Actor:
        return actor_of(self.officials[name])


def build() -> World:
    """The province, its routing and its people."""
    forget()
    world = World(found())
    load_seeds(at=MONDAY - timedelta(days=400))
    for name, role in ROLES.items():
        world.officials[name] = people.official(name, world.province.commune, role)
    world.officials["outsider"] = people.official("outsider", world.province.other, *ROLES.values())
    return world


def forget() -> None:
    """What this process remembers of another test's world."""
    routing.forget()
    search.forget()
    shelves.forget()


def asked(world: World, words: str = WORDS, *, by: Actor = NOBODY, at: datetime = MONDAY, **more: Any) -> Question:
    said = {"text": "", "name": "Nguyễn Thị Lan", "phone": "0912345678", "email": ""}
    said |= {key: more.pop(key) for key in list(more) if key in said}
    given = {
        "field": "ho-tich", "commune_id": world.province.commune.pk, "procedure_code": "1.001193", "hides_name": True,
        "wants_privacy": False, "request_key": f"k{next(_keys)}",
    } | more  # fmt: skip
    return asking.ask(
        asked=check_asked(title=words, is_signed_in=by.account_id is not None, **said), by=by, at=at, **given
    )


def screened(world: World, words: str = WORDS, **more: Any) -> Question:
    question = asked(world, words, **more)
    return handling.screen(
        question_id=question.pk, field="ho-tich", unit_id=world.province.commune.pk, level="plain", shown_title=words,
        by=world.actor("screener"), at=more.get("at", MONDAY) + timedelta(hours=1),
    )  # fmt: skip


def drafted(world: World, words: str = WORDS, **more: Any) -> Question:
    question = screened(world, words, **more)
    return handling.draft(
        question_id=question.pk, shown_title=words, text=ANSWER, references=[SOURCE], valid_as_of=date(2026, 11, 16),
        by=world.actor("writer"), at=more.get("at", MONDAY) + timedelta(hours=2),
    )  # fmt: skip


def approving(world: World, words: str = WORDS, **more: Any) -> Question:
    question = drafted(world, words, **more)
    at = more.get("at", MONDAY) + timedelta(hours=3)
    return handling.propose(question_id=question.pk, by=world.actor("writer"), at=at)


def published(world: World, words: str = WORDS, **more: Any) -> Answer:
    question = approving(world, words, **more)
    at = more.get("at", MONDAY) + timedelta(hours=4)
    return answering.publish(question_id=question.pk, by=world.actor("approver"), at=at)


def kept(world: World, title: str, text: str = ANSWER, **more: Any) -> Answer:
    """An answer put straight into the library."""
    written = Written(title, text, (Reference("60/2014/QH13", "Điều 16"),), date(2026, 11, 1))
    given = {"field": "ho-tich", "unit_id": world.province.commune.pk, "procedure_code": "", "asked_by": ""} | more
    return answering.keep(written, at=MONDAY, **given)


def ask_and_answer(by: Actor, commune_id: int, *, at: datetime) -> None:
    """A question of a citizen's that waits, and an answer of the commune's: for the tests of the whole."""
    load_seeds(at=at)
    asking.ask(
        asked=check_asked(title=WORDS, text="", name=by.name, phone="", email="", is_signed_in=True), field="ho-tich",
        commune_id=commune_id, procedure_code="", hides_name=True, wants_privacy=False, request_key="whole", by=by,
        at=at, files=[store_made(b"%PDF-1.4 minh hoa", name="giay-chung-sinh.pdf", purpose=asking.PURPOSE)],
    )  # fmt: skip
    written = Written(WORDS, ANSWER, (Reference("60/2014/QH13", "Điều 16"),), date(2026, 11, 1))
    answering.keep(written, field="ho-tich", unit_id=commune_id, procedure_code="1.001193", asked_by="", at=at)
