"""A province with an applicant, a handler and a head, and cases whose results were handed over."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from tinhso.kernel.cases.actions import NewCase, open_case
from tinhso.kernel.cases.models import Case
from tinhso.kernel.clock.rules import VIETNAM
from tinhso.kernel.manifest import registry
from tinhso.kernel.people.models import Account
from tinhso.kernel.people.queries import actor_of
from tinhso.kernel.people.rules import SYSTEM, Actor
from tinhso.kernel.testing import people
from tinhso.kernel.testing.province import Province, forget, found
from tinhso.modules.satisfaction import actions, queries
from tinhso.modules.satisfaction.models import Invitation, Rating
from tinhso.modules.satisfaction.rules import Way

START = datetime(2026, 11, 16, 8, 0, tzinfo=VIETNAM)  # a Monday
PROCEDURE = "1.004873"


class Rated:
    """Lan's cases; her commune has a head who follows up, the province a reader of all."""

    def __init__(self) -> None:
        forget()
        queries.questionnaire.cache_clear()
        self.province: Province = found()
        here, other = self.province.commune, self.province.other
        self.accounts: dict[str, Account] = {
            "lan": people.citizen("lan"),
            "minh": people.citizen("minh"),
            "handler": people.official("handler", here, "dossiers.specialist"),
            "head": people.official("head", here, "satisfaction.head"),
            "neighbour": people.official("neighbour", other, "satisfaction.head"),
            "reader": people.official("reader", self.province.root, "satisfaction.reader"),
        }
        self._made = 0

    def actor(self, who: str) -> Actor:
        return actor_of(self.accounts[who])

    def case(self, *, owner: str | None = "lan", where: Any = None) -> Case:
        """A case as a dossier leaves it once the result is handed over, its procedure named by an entry."""
        self._made += 1
        unit = (where or self.province.commune).pk
        return open_case(
            NewCase(
                kind=registry.case_kinds["dossier"],
                number=f"H53.201-261116-{self._made:04d}",
                title="Xác nhận tình trạng hôn nhân",
                unit_id=unit,
                received_unit_id=unit,
                applicant="Nguyễn Thị Lan",
                owner_id=self.accounts[owner].pk if owner else None,
                state="received",
            ),
            verb="dossier.receive",
            by=SYSTEM,
            at=START,
            data={"code": "x", "procedure": PROCEDURE},
        )

    def invited(self, **more: Any) -> Invitation:
        return actions.invite(case_id=self.case(**more).pk, at=START)

    def said(
        self, level: int, *, points: dict[str, str] | None = None, after: timedelta = timedelta(days=1), **more: Any
    ) -> Rating:
        invitation = self.invited(**more)
        return actions.rate(
            code=invitation.code,
            level=str(level),
            points=points or {},
            reasons=["late"],
            comment="",
            way=Way.LINK,
            at=START + after,
        )
