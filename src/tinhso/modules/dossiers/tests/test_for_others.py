"""Filing for somebody else: who acts, for whom and why is kept; a right that ended files nothing."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tinhso.kernel.errors import Refusal
from tinhso.kernel.mandates import actions as mandates
from tinhso.kernel.mandates.models import Mandate
from tinhso.kernel.people.models import Business, Person
from tinhso.kernel.testing import people
from tinhso.modules.dossiers import actions
from tinhso.modules.dossiers.models import Dossier, Draft, Part
from tinhso.modules.dossiers.tests.factories import MARITAL, START, Office, everything, verbs
from tinhso.modules.procedures import door

pytestmark = pytest.mark.django_db
TODAY = START.date()


@pytest.fixture
def office() -> Office:
    return Office()


def allowed(office: Office, who: str = "lan", **changed: Any) -> Mandate:
    """The person may act for her mother until the end of the month."""
    mother, _new = Person.objects.get_or_create(
        identity_number="079160012347", defaults={"full_name": "Lê Thị Mẹ", "phone": "+84987654321"}
    )
    said = {"person": mother, "subject_name": "Lê Thị Mẹ", "subject_number": "079160012347", "basis": "authorised"}
    return Mandate.objects.create(
        holder=office.accounts[who], begins_on=TODAY, ends_on=TODAY + timedelta(days=14), status="confirmed",
        asked_at=START, **{**said, **changed},
    )  # fmt: skip


def drafted(office: Office, mandate: Mandate) -> Draft:
    draft = office.draft()
    draft.mandate = mandate
    draft.save(update_fields=["mandate"])
    return draft


def test_the_dossier_keeps_who_acts_for_whom_and_on_what_grounds(office: Office) -> None:
    mandate = allowed(office)
    dossier = actions.file_online(token=drafted(office, mandate).token, by=office.actor("lan"), at=START)
    dossier.refresh_from_db()
    lan = office.accounts["lan"]
    assert (dossier.applicant_name, dossier.on_behalf_of, dossier.basis) == (
        lan.display_name, "Lê Thị Mẹ", "authorised"
    )  # fmt: skip
    assert (dossier.person_id, dossier.mandate_id, dossier.case.owner_id) == (lan.person_id, mandate.pk, lan.pk)
    assert verbs(dossier) == ["file"]


def test_for_a_company_the_dossier_is_the_companys(office: Office) -> None:
    firm = Business.objects.create(name="HTX Thử", tax_code="0100109106")
    named = {"person": None, "business": firm, "subject_name": firm.name, "subject_number": firm.tax_code}
    mandate = allowed(office, basis="staff", **named)
    dossier = actions.file_online(token=drafted(office, mandate).token, by=office.actor("lan"), at=START)
    assert (dossier.business_id, dossier.on_behalf_of, dossier.basis) == (firm.pk, "HTX Thử", "staff")


@pytest.mark.parametrize("ended", ["revoked", "expired", "not_begun", "anothers"])
def test_a_right_that_does_not_hold_files_nothing_and_changes_nothing(ended: str, office: Office) -> None:
    mandate = allowed(office, who="minh" if ended == "anothers" else "lan")
    draft = drafted(office, mandate)
    at = START
    if ended == "revoked":
        mandates.revoke(mandate_id=mandate.pk, by=office.actor("lan"), at=START)
    elif ended == "expired":
        at = START + timedelta(days=15)
    elif ended == "not_begun":
        Mandate.objects.filter(pk=mandate.pk).update(begins_on=TODAY + timedelta(days=1))
    before = Draft.objects.filter(pk=draft.pk).values().get()
    with pytest.raises(Refusal, match="không còn quyền"):
        actions.file_online(token=draft.token, by=office.actor("lan"), at=at)
    assert Dossier.objects.count() == 0
    assert Draft.objects.filter(pk=draft.pk).values().get() == before
    assert draft.parts.count() > 0


def test_nobody_begins_a_draft_by_a_mandate_that_is_not_theirs(office: Office) -> None:
    mandate = allowed(office, who="minh")
    with pytest.raises(Refusal, match="không còn quyền"):
        actions.begin(
            procedure_code=MARITAL, branch="", by=office.actor("lan"), at=START, prefill={}, mandate_id=mandate.pk
        )
    assert Draft.objects.count() == 0


def test_ending_it_later_leaves_the_dossier_as_it_is(office: Office) -> None:
    mandate = allowed(office)
    dossier = actions.file_online(token=drafted(office, mandate).token, by=office.actor("lan"), at=START)
    before = everything(dossier)
    mandates.revoke(mandate_id=mandate.pk, by=office.actor("lan"), at=START + timedelta(hours=1))
    assert everything(dossier) == before


def test_the_page_asks_for_whom_and_fills_in_what_is_known_of_them(office: Office) -> None:
    browser = Client()
    browser.force_login(office.accounts["lan"])
    page = reverse("dossiers:start", args=[MARITAL])
    assert "Nộp cho ai" not in browser.get(page).content.decode()
    today = timezone.localdate()
    mandate = allowed(office)
    Mandate.objects.update(begins_on=today, ends_on=today + timedelta(days=14))
    assert "Nộp cho ai" in browser.get(page).content.decode()
    assert browser.post(page, {"nop-cho": str(mandate.pk)}).status_code == 302
    draft = Draft.objects.get()
    assert draft.mandate_id == mandate.pk
    assert "Lê Thị Mẹ" in draft.answers.values()
    assert browser.post(page, {"nop-cho": "999999"}).status_code == 422
    assert browser.post(page, {}).status_code == 302
    assert Draft.objects.filter(mandate=None).count() == 1


def proven_mother(office: Office) -> Any:
    """Her mother has an account too, and with it the number that the mandate names."""
    account = people.citizen("me")
    Person.objects.filter(pk=account.person_id).update(identity_number="079160012347", full_name="Lê Thị Mẹ")
    return account


def test_whom_it_was_filed_for_follows_it_and_changes_nothing(office: Office) -> None:
    mother = proven_mother(office)
    dossier = actions.file_online(token=drafted(office, allowed(office)).token, by=office.actor("lan"), at=START)
    browser = Client()
    browser.force_login(mother)
    page = f"/ho-so/{dossier.case.number}/"
    assert dossier.case.number in browser.get("/ho-so/").content.decode()
    followed = browser.get(page)
    assert followed.status_code == 200
    assert "nộp hồ sơ này thay bạn" in followed.content.decode()
    before = everything(dossier)
    assert browser.get(reverse("dossiers:withdraw", args=[dossier.case.number])).status_code == 404
    assert browser.post(reverse("dossiers:withdraw", args=[dossier.case.number]), {"reason": "x"}).status_code == 404
    assert everything(dossier) == before
    stranger = Client()
    stranger.force_login(office.accounts["minh"])
    assert stranger.get(page).status_code == 404


def test_a_representative_files_by_api_and_only_while_the_right_holds(office: Office) -> None:
    mandate = allowed(office)
    said = {"procedure_code": MARITAL, "branch": "", "answers": office.answers(), "by": office.actor("lan")}
    parts = [Part(code=one.code, name=one.name[:300], source=Part.Source.PAPER) for one in
             door.components_for(office.sheet)]  # fmt: skip
    dossier = actions.file_at_once(parts=parts, request_key="api-1", at=START, mandate_id=mandate.pk, **said)
    assert (dossier.on_behalf_of, dossier.mandate_id, dossier.basis) == ("Lê Thị Mẹ", mandate.pk, "authorised")
    with pytest.raises(Refusal, match="không còn quyền"):
        actions.file_at_once(
            parts=[], request_key="api-2", at=START + timedelta(days=15), mandate_id=mandate.pk, **said
        )
    assert Dossier.objects.count() == 1


def test_the_api_lists_for_whom_one_may_file(office: Office) -> None:
    mandate = allowed(office)
    today = timezone.localdate()
    Mandate.objects.update(begins_on=today, ends_on=today + timedelta(days=14))
    browser = Client()
    browser.force_login(office.accounts["lan"])
    assert browser.get("/api/v1/dossiers/mandates").json() == [
        {
            "mandate": mandate.pk, "name": "Lê Thị Mẹ", "basis": "authorised",
            "basis_name": "Người được ủy quyền (con nộp thay cha mẹ, người thân…)",
            "until": (today + timedelta(days=14)).isoformat(),
        }
    ]  # fmt: skip
    browser.force_login(office.accounts["minh"])
    assert browser.get("/api/v1/dossiers/mandates").json() == []
