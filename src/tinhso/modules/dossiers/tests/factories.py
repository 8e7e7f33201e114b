"""A one-stop shop with its commune, and dossiers brought as far as a test needs them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from tinhso.kernel.cases.models import Case, Promise
from tinhso.kernel.clock.rules import VIETNAM
from tinhso.kernel.errors import NotAllowed, NotFound, Refusal
from tinhso.kernel.journal.models import Entry
from tinhso.kernel.people.models import Account
from tinhso.kernel.people.queries import actor_of
from tinhso.kernel.people.rules import SYSTEM, Actor
from tinhso.kernel.processes.models import Step
from tinhso.kernel.testing import people
from tinhso.kernel.testing.province import Province, forget, found
from tinhso.modules.dossiers import actions
from tinhso.modules.dossiers.actions.filing import Applicant, Filing
from tinhso.modules.dossiers.models import Dossier, Draft, Paper, Part, Supplement
from tinhso.modules.dossiers.queries import routing
from tinhso.modules.dossiers.rules import Channel, Missing
from tinhso.modules.procedures import door

MARITAL = "1.004873"  # xác nhận tình trạng hôn nhân: three working days, seven steps
START = datetime(2026, 11, 16, 8, 0, tzinfo=VIETNAM)  # a Monday
MESSAGE = "Giấy tờ về tình trạng hôn nhân trước đây chưa có."
MISSING = (Missing("tp2", "Trích lục ly hôn", "Chưa nộp"),)
RESULT = {"content": "Xác nhận tình trạng hôn nhân: độc thân."}


def after(days: float = 0, hours: float = 0) -> datetime:
    """So long after Monday eight o'clock."""
    return START + timedelta(days=days, hours=hours)


class Office:
    """Lan files; a clerk, two specialists, a head, a leader and a registrar work in her commune."""

    def __init__(self) -> None:
        forget()
        door.forget()
        door.publish_sample(MARITAL, valid_from=date(2026, 1, 1), at=START)
        self.province: Province = found()
        here, shop, other = self.province.commune, self.province.shop, self.province.other
        self.accounts: dict[str, Account] = {
            "lan": people.citizen("lan", identity_number="079190012346"),
            "minh": people.citizen("minh"),
            "clerk": people.official("clerk", shop, "dossiers.clerk", also_on=(here,)),
            "handler": people.official("handler", here, "dossiers.specialist"),
            "colleague": people.official("colleague", here, "dossiers.specialist"),
            "head": people.official("head", here, "dossiers.head"),
            "leader": people.official("leader", here, "dossiers.leader"),
            "registrar": people.official("registrar", here, "dossiers.registrar"),
            "neighbour": people.official("neighbour", other, "dossiers.specialist", "dossiers.clerk"),
        }
        self.sheet: Any = door.published(MARITAL, START.date())

    def actor(self, who: str) -> Actor:
        return SYSTEM if who == "system" else actor_of(self.accounts[who])

    def answers(self) -> dict[str, Any]:
        """A form that can be filed, whatever it asks."""
        place = {"commune": self.province.commune.code, "detail": "Số 12, khu phố 3"}
        samples = {"date": "1990-05-20", "identity": "079190012346", "phone": "0912345678", "address": place,
                   "number": "5", "yesno": "co", "email": "lan@example.test"}  # fmt: skip
        filled: dict[str, Any] = {"noi_giai_quyet": self.province.commune.code}
        for section in door.form_for(self.sheet):
            for one in section.fields:
                filled[one.code] = one.options[0].value if one.options else samples.get(one.type, "Minh họa")
        return filled

    def draft(self, who: str = "lan", at: datetime = START) -> Draft:
        """A draft that is ready to be filed."""
        draft = actions.begin(procedure_code=MARITAL, branch="", by=self.actor(who), at=at, prefill={})
        actions.save(token=draft.token, answers=self.answers(), by=self.actor(who), at=at)
        Part.objects.bulk_create(
            Part(draft=draft, code=one.code, name=one.name[:300], added_at=at)
            for one in door.components_for(self.sheet)
        )
        return draft

    def filed(self, at: datetime = START) -> Dossier:
        return actions.file_online(token=self.draft(at=at).token, by=self.actor("lan"), at=at)

    def accepted(self, at: datetime = START) -> Dossier:
        return actions.accept(dossier_id=self.filed(at).pk, by=self.actor("clerk"), at=at + timedelta(minutes=30))

    def at_work(self) -> Dossier:
        """Taken over at nine on Monday."""
        return actions.take_over(dossier_id=self.accepted().pk, by=self.actor("handler"), at=after(hours=1))

    def supplementing(self) -> Dossier:
        """Asked for more at eleven on Monday."""
        return actions.ask_supplement(dossier_id=self.at_work().pk, message=MESSAGE, missing=MISSING,
                                      by=self.actor("handler"), at=after(hours=3))  # fmt: skip

    def to_sign(self) -> Dossier:
        """Drafted, reviewed, before the leader at ten on Tuesday."""
        pk = self.at_work().pk
        actions.draft_result(dossier_id=pk, text=RESULT, by=self.actor("handler"), at=after(hours=2))
        actions.step_on(dossier_id=pk, by=self.actor("handler"), at=after(1, 1))
        return actions.step_on(dossier_id=pk, by=self.actor("head"), at=after(1, 2))

    def receive(self, *, fee_paid: bool = False, key: str | None = None, for_other: bool = False) -> Dossier:
        """Brought to the counter on Monday at eight; for the other commune, if so wished."""
        commune, shop = self.province.other if for_other else self.province.commune, self.province.shop
        filing = Filing(
            sheet=self.sheet,
            branch="",
            channel=Channel.DIRECT,
            where=routing.Route(shop.pk, commune.pk, for_other),
            applicant=Applicant("Nguyễn Thị Lan", "079190012346", "0912345678", account_id=self.accounts["lan"].pk),
            request_key=key,
        )
        return actions.receive_at_counter(filing=filing, parts=[], by=self.actor("clerk"), at=START, fee_paid=fee_paid)


def state(dossier: Dossier) -> str:
    return Case.objects.values_list("state", flat=True).get(pk=dossier.pk)


def verbs(dossier: Dossier) -> list[str]:
    """What happened to it, in order, without the kind's name."""
    rows = Entry.objects.filter(case_id=dossier.pk).order_by("seq")
    return [verb.partition(".")[2] for verb in rows.values_list("verb", flat=True)]


def everything(dossier: Dossier) -> list[Any]:
    """All rows of a dossier, to be compared before and after a refusal."""
    found_rows: list[Any] = [Case.objects.filter(pk=dossier.pk).values().get()]
    found_rows.append(Dossier.objects.filter(pk=dossier.pk).values().get())
    for model, name in ((Step, "case"), (Promise, "case"), (Entry, "case"), (Supplement, "dossier"), (Part, "dossier"),
                        (Paper, "dossier")):  # fmt: skip
        found_rows.append(list(model.objects.filter(**{name: dossier.pk}).order_by("id").values()))  # type: ignore[attr-defined]
    return found_rows


@contextmanager
def refused(dossier: Dossier, code: str) -> Iterator[None]:
    """The block is refused with this code, and nothing of the dossier is different afterwards."""
    before = everything(dossier)
    with pytest.raises(Refusal) as caught:
        yield
    assert caught.value.code == code
    assert everything(dossier) == before


@contextmanager
def not_allowed(dossier: Dossier) -> Iterator[None]:
    before = everything(dossier)
    with pytest.raises((NotAllowed, NotFound)):
        yield
    assert everything(dossier) == before


def due_of(dossier: Dossier) -> datetime:
    due = Case.objects.values_list("due_at", flat=True).get(pk=dossier.pk)
    assert due is not None
    return due.astimezone(VIETNAM)
