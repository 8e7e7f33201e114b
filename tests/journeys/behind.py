"""``python -m tests.journeys.behind``: what others do meanwhile, in the data of the platform that the journey runs on.

``till`` opens a bank account and publishes what the certificate of marital status costs; ``resolve <number>`` takes a
dossier from its acceptance to its result; ``rate`` has four other applicants answer; ``wed`` begins lan's next dossier;
``fetch`` brings what waits on the national portal without waiting for the minute; ``desk1022`` has somebody take the
calls. Each prints what the journey needs to know.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from datetime import date
from typing import Any

MARITAL, MARRIAGE = "1.004873", "1.000894"
FEE = 15_000
OTHERS = (("2", "2"), ("1", "1"), ("1", "1"), ("0", "0"))  # level, points of each criterion


def till() -> dict[str, Any]:
    """The demonstration bank's account and the secret with which it signs."""
    from django.utils import timezone

    from tinhso.kernel.people.rules import SYSTEM
    from tinhso.kernel.units.models import Unit
    from tinhso.modules.payments.actions import tariffs
    from tinhso.modules.payments.models import BankAccount
    from tinhso.modules.payments.queries.accounts import secret_of
    from tinhso.modules.payments.rules.adapters.demo import BIN, NAME

    line = {"code": "hon-nhan", "procedure": MARITAL, "name": "Lệ phí xác nhận tình trạng hôn nhân", "amount": FEE,
            "basis": "Nghị quyết minh họa"}  # fmt: skip
    tariffs.publish(
        code="minh-hoa", name="Biểu phí minh họa", content={"lines": [line], "is_demonstration": True},
        legal_source="Nghị quyết minh họa", valid_from=date(2026, 1, 1), by=SYSTEM, at=timezone.now(), rank=0,
    )  # fmt: skip
    account = BankAccount.objects.create(
        code="minh-hoa", unit=Unit.objects.get(code="H53"), bank_bin=BIN, bank_name=NAME, number="9990000000001",
        holder="KHO BAC MINH HOA", adapter="demo", statement_format="demo", is_demonstration=True,
    )  # fmt: skip
    return {"bin": BIN, "number": account.number, "secret": secret_of(account)}


def resolve(number: str) -> dict[str, Any]:
    """All that officials do with a dossier, each in their turn."""
    from django.utils import timezone

    from tinhso.kernel.people.models import Account
    from tinhso.kernel.people.queries import actor_of
    from tinhso.modules.dossiers import actions
    from tinhso.modules.dossiers.models import Dossier

    people = Account.objects.in_bulk(("clerk", "head", "specialist", "leader", "registrar"), field_name="username")

    def dossier() -> Dossier:
        return Dossier.objects.select_related("case").get(case__number=number)

    def do(verb: str, who: str, **more: Any) -> None:
        getattr(actions, verb)(dossier_id=dossier().pk, by=actor_of(people[who]), at=timezone.now(), **more)

    do("accept", "clerk")
    do("assign", "head", to=people["specialist"])
    do("draft_result", "specialist", text={"subject": "Xác nhận", "content": "Hiện tại chưa đăng ký kết hôn với ai."})
    while (kind := dossier().case.step_kind) != "sign":
        do("step_on", "head" if kind == "review" else "specialist")
    do("sign", "leader")
    if dossier().case.state == "processing":
        do("finish", "registrar")
    return {"state": dossier().case.state}


def rate() -> dict[str, Any]:
    """Four answers to invitations of other dossiers, in the months that the public page shows."""
    from django.utils import timezone

    from tinhso.kernel.cases.models import Case
    from tinhso.modules.satisfaction import actions, queries
    from tinhso.modules.satisfaction.models import Invitation
    from tinhso.modules.satisfaction.rules import Way

    now = timezone.now()
    others = Case.objects.filter(kind="dossier", state__in=("filed", "received", "processing", "supplement"))
    for case_id, (level, points) in zip(others.order_by("pk").values_list("pk", flat=True), OTHERS, strict=False):
        code = actions.invite(case_id=case_id, at=now).code
        edition = Invitation.objects.values_list("edition_id", flat=True).get(code=code)
        said = {one.code: points for one in queries.questionnaire(edition).criteria}
        actions.rate(code=code, level=level, points=said, reasons=[], comment="", way=Way.LINK, at=now)
    return {"answered": Invitation.objects.filter(answered_on__isnull=False).count()}


def wed() -> dict[str, Any]:
    """A draft of lan's in which all questions are answered and no paper is there yet."""
    from django.utils import timezone
    from tests.answers import fitting
    from tests.journeys.filing import ANSWERS

    from tinhso.kernel.people.models import Account
    from tinhso.kernel.people.queries import actor_of
    from tinhso.modules.dossiers import actions
    from tinhso.modules.procedures import door

    now, commune = timezone.now(), ANSWERS["noi_o_ward"]
    by = actor_of(Account.objects.get(username="lan"))
    sheet = door.published(MARRIAGE, timezone.localdate())
    assert sheet is not None
    own = {key: ANSWERS[key] for key in ("ho_ten", "so_dinh_danh")}
    answers = {**fitting(door.form_for(sheet), commune), **own, "noi_giai_quyet": commune}
    draft = actions.begin(procedure_code=MARRIAGE, branch="", by=by, at=now, prefill={})
    actions.save(token=draft.token, answers=answers, by=by, at=now)
    return {"draft": str(draft.token)}


def fetch() -> dict[str, Any]:
    """Pull from the portal, take in, fetch the files."""
    from tests.national_portal.factories import arrive

    from tinhso.modules.national_portal.models import Incoming

    arrive()
    return {"incoming": sorted(Incoming.objects.values_list("state", flat=True))}


def desk1022() -> dict[str, Any]:
    """An operator at the province's desk, and where the commune's office stands."""
    from tinhso.kernel.testing import people
    from tinhso.kernel.units.models import Unit

    people.official("tong_dai", Unit.objects.get(code="H53-skhcn-ttcds"), "field_reports.operator")
    commune = Unit.objects.get(code="xa-25459")
    return {"latitude": commune.latitude, "longitude": commune.longitude}


DONE: dict[str, Callable[..., dict[str, Any]]] = {
    "till": till,
    "resolve": resolve,
    "rate": rate,
    "wed": wed,
    "fetch": fetch,
    "desk1022": desk1022,
}


def main(asked: list[str]) -> dict[str, Any]:
    """``resolve:<number>`` gives the number along; several are done one after the other."""
    told: dict[str, Any] = {}
    for one in asked:
        name, _, about = one.partition(":")
        told |= DONE[name](about) if about else DONE[name]()
    return told


if __name__ == "__main__":
    import os

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tinhso.config.settings")
    import django

    django.setup()
    print(json.dumps(main(sys.argv[1:])))
