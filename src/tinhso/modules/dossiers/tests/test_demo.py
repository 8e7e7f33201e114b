"""The demonstration's own part: nothing doubled when it is loaded again."""

from __future__ import annotations

import pytest

from tinhso.kernel.cases.models import Case
from tinhso.kernel.people.models import Account
from tinhso.modules.dossiers.demo import demo
from tinhso.modules.dossiers.models import Guidance, Message
from tinhso.modules.dossiers.tests.at_counter import Counter
from tinhso.modules.dossiers.tests.factories import Office, after

pytestmark = pytest.mark.django_db


def test_a_talk_and_a_guidance_are_made_once() -> None:
    office = Office()
    dossier = office.at_work()
    Account.objects.filter(pk=office.accounts["lan"].pk).update(is_demonstration=True)
    for _ in range(2):
        demo(at=after(1))
    assert list(Message.objects.values_list("dossier_id", "is_from_applicant")) == [
        (dossier.pk, False), (dossier.pk, True),
    ]  # fmt: skip
    assert Case.objects.get(pk=dossier.pk).state == "processing"


def test_the_counter_of_the_demonstration_has_asked_for_a_paper() -> None:
    counter = Counter()
    Account.objects.filter(pk=counter.accounts["clerk"].pk).update(username="canbo.motcua", is_demonstration=True)
    for _ in range(2):
        demo()
    kept = Guidance.objects.get()
    assert (kept.unit_id, len(kept.missing)) == (counter.province.shop.pk, 1)
