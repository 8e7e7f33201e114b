"""A town at work, for tests that look at the desk through its pages."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.test import Client
from django.utils import timezone

from tinhso.kernel.cases.models import Case
from tinhso.kernel.people.queries import actor_of
from tinhso.kernel.testing import people
from tinhso.kernel.testing.browsing import prove
from tinhso.kernel.testing.province import Province, forget, found
from tinhso.modules.dossiers import actions
from tinhso.modules.dossiers.actions.filing import Applicant, Filing
from tinhso.modules.dossiers.models import Dossier, Part
from tinhso.modules.dossiers.queries import routing
from tinhso.modules.dossiers.rules import Channel
from tinhso.modules.procedures import door

HOUSE, BRANCH = "1.013225", "nha_o_rieng_le"


class Town:
    """A commune with its one-stop shop and officials, a citizen, somebody from elsewhere, and one dossier received."""

    def __init__(self) -> None:
        forget()
        door.forget()
        door.publish_sample(HOUSE, valid_from=date(2026, 1, 1), at=timezone.now())
        self.province: Province = found()
        commune, shop, other = self.province.commune, self.province.shop, self.province.other
        self.accounts = {
            "lan": people.citizen("lan", identity_number="079190012346"),
            "clerk": people.official("clerk", shop, "dossiers.clerk"),
            "handler": people.official("handler", commune, "dossiers.specialist"),
            "colleague": people.official("colleague", commune, "dossiers.specialist"),
            "head": people.official("head", commune, "dossiers.head"),
            "leader": people.official("leader", commune, "dossiers.leader"),
            "registrar": people.official("registrar", commune, "dossiers.registrar"),
            "outsider": people.official("outsider", other, "dossiers.specialist", "dossiers.clerk"),
        }
        self.sheet = door.published(HOUSE, timezone.localdate())

    def actor(self, who: str) -> Any:
        return actor_of(self.accounts[who])

    def received(self, **more: Any) -> Dossier:
        at = timezone.now() - timedelta(minutes=5)
        commune, shop = self.province.commune, self.province.shop
        filing = Filing(
            sheet=self.sheet,
            branch=BRANCH,
            channel=Channel.DIRECT,
            where=routing.Route(shop.pk, commune.pk, False),
            applicant=Applicant("Nguyễn Thị Lan", "079190012346", "0912345678", account_id=self.accounts["lan"].pk),
            **more,
        )
        parts = [Part(code=one.code, name=one.name, originals=1, source="paper") for one in self.components()]
        return actions.receive_at_counter(filing=filing, parts=parts, by=self.actor("clerk"), at=at)

    def components(self) -> Any:
        return door.components_for(self.sheet, BRANCH)

    def at_work(self) -> Dossier:
        """A dossier that the handler has taken over."""
        dossier = self.received()
        return actions.take_over(dossier_id=dossier.pk, by=self.actor("handler"), at=timezone.now())

    def to_sign(self) -> Dossier:
        dossier = self.at_work()
        by, who = {"by": self.actor("handler"), "at": timezone.now()}, {"dossier_id": dossier.pk}
        actions.draft_result(**who, **by, text={"content": "Chấp thuận."})
        while (kind := Case.objects.get(pk=dossier.pk).step_kind) != "sign":
            actions.step_on(**who, **by | ({"by": self.actor("head")} if kind == "review" else {}))
        return Dossier.objects.select_related("case").get(pk=dossier.pk)

    def client(self, who: str) -> Client:
        client = Client()
        if who != "nobody":
            client.force_login(self.accounts[who])
            prove(client, self.accounts[who])
        return client

    def get(self, who: str, dossier: Dossier, path: str = "") -> Any:
        return self.client(who).get(f"/lam-viec/ho-so/{dossier.case.number}/{path}")

    def take(self, who: str, dossier: Dossier, slug: str, **said: Any) -> Any:
        said = seen(dossier) | said
        return self.client(who).post(f"/lam-viec/ho-so/{dossier.case.number}/quyet-dinh/{slug}/", said)


def seen(dossier: Dossier) -> dict[str, int]:
    """What a page that is opened now carries in its form."""
    revision, last = Case.objects.values_list("revision", "journal_seq").get(pk=dossier.pk)
    return {"revision": revision, "seen": last}
