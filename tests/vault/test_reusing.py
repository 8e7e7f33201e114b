"""A paper issued or handed in once is used again in the next dossier, and its owner sees who used it."""

from __future__ import annotations

from datetime import date
from io import BytesIO

import pytest
from django.test import Client
from django.urls import reverse
from tests.vault.papers import components, draft, kept, received, scanned

from tinhso.kernel.errors import NotAllowed, NotFound, Refusal
from tinhso.kernel.facts.models import Fact
from tinhso.kernel.notices.models import Notice
from tinhso.kernel.people.models import Account, Grant
from tinhso.kernel.testing.jobs import run_jobs
from tinhso.modules.dossiers import actions as dossiers
from tinhso.modules.dossiers.models import Dossier, Part
from tinhso.modules.dossiers.tests.factories import MARITAL, START, Office, after, verbs
from tinhso.modules.vault import actions
from tinhso.modules.vault.models import Item, Scan, Use
from tinhso.modules.vault.tests.factories import photo

pytestmark = [pytest.mark.django_db]


@pytest.mark.slow
def test_an_issued_result_lies_in_the_applicants_vault_once(office: Office, issued: Dossier) -> None:
    item = Item.objects.get(origin="result")
    assert (item.person, item.kind, item.case_id) == (office.accounts["lan"].person, "hon_nhan", issued.pk)
    assert item.number == Dossier.objects.get(pk=issued.pk).result_number
    assert (item.issued_on, item.valid_until) == (date(2026, 11, 17), date(2027, 5, 17))
    assert (item.signature, item.signed_by) == ("demo", "Trần Văn Leader; Phường Tân Ninh")
    assert "độc thân" in item.text
    assert actions.keep_result(case_id=issued.pk, at=after(2)) is None
    assert Item.objects.count() == 1


@pytest.mark.slow
def test_the_result_of_one_dossier_is_used_in_the_next_with_one_tap(office: Office, issued: Dossier) -> None:
    item = Item.objects.get()
    wanted = next(code for code, name in components(office).items() if "tình trạng hôn nhân đã cấp" in name)
    made, client = draft(office), Client()
    client.force_login(office.accounts["lan"])
    page = reverse("dossiers:draft_papers", args=[made.token])
    assert "Dùng giấy tờ đã có" in client.get(page).content.decode()
    use = reverse("dossiers:draft_kept", args=[made.token, wanted])
    for _ in range(2):
        assert client.post(use, {"giay-to": f"kho/{item.pk}"}).status_code == 302
    part = made.parts.get(code=wanted)
    assert (part.source, part.is_reused, part.kept_as, part.signature) == ("vault", 1, item.pk, "demo")
    assert part.attachment.blob_id == item.attachment.blob_id
    assert "từ kho giấy tờ" in client.get(page).content.decode()


def test_reuse_is_noted_counted_once_and_shown_to_the_owner(office: Office) -> None:
    name = next(iter(components(office).values()))
    items = [kept(office, name), kept(office, "Giấy khai sinh")]
    made = draft(office)
    for item in items:
        dossiers.attach_kept(token=made.token, code=f"x{item.pk}", name=item.title, key=f"kho/{item.pk}",
                             by=office.actor("lan"), at=START)  # fmt: skip
    Part.objects.bulk_create(
        Part(draft=made, code=one, name=words, added_at=START) for one, words in components(office).items()
    )
    dossier = dossiers.file_online(token=made.token, by=office.actor("lan"), at=START)
    run_jobs()
    assert [(use.item, use.how, use.who) for use in Use.objects.order_by("item_id")] == [
        (item, "filed", "Nguyễn Thị Lan") for item in items
    ]
    assert verbs(dossier).count("reuse") == 1
    fact = Fact.objects.get(name="vault.reused")
    assert (fact.case_id, fact.dims["procedure"]) == (dossier.pk, MARITAL)
    assert actions.note_uses(case_id=dossier.pk, by=office.actor("lan"), at=after(1)) == 0
    clerk, lan = Client(), Client()
    clerk.force_login(office.accounts["clerk"])
    lan.force_login(office.accounts["lan"])
    assert "từ kho giấy tờ" in clerk.get(f"/lam-viec/ho-so/{dossier.case.number}/").content.decode()
    seen = lan.get(reverse("vault:uses")).content.decode()
    assert "đã mở hồ sơ có giấy tờ này" in seen
    assert "Trần Văn Clerk" in seen


def test_accepted_uploads_are_kept_and_the_same_content_is_kept_once(office: Office) -> None:
    made = draft(office)
    for code, name in list(components(office).items())[:2]:
        dossiers.attach(token=made.token, code=code, name=name, stream=BytesIO(photo("x", size=(200, 280))),
                        file_name="a.jpg", by=office.actor("lan"), at=START)  # fmt: skip
    Part.objects.bulk_create(
        Part(draft=made, code=one, name=words, added_at=START) for one, words in components(office).items()
    )
    dossier = dossiers.file_online(token=made.token, by=office.actor("lan"), at=START)
    run_jobs()
    assert Item.objects.count() == 0
    dossiers.accept(dossier_id=dossier.pk, by=office.actor("clerk"), at=after(hours=1))
    run_jobs()
    assert [(one.origin, one.person, one.case_id) for one in Item.objects.all()] == [
        ("paper", office.accounts["lan"].person, dossier.pk)
    ]


def test_the_counter_is_offered_what_the_applicant_has_and_the_owner_sees_that(office: Office) -> None:
    wanted, name = next((code, name) for code, name in components(office).items() if "đã cấp" in name)
    item = kept(office, name)
    client = Client()
    client.force_login(office.accounts["clerk"])
    form = {"identity_number": "079190012346", "full_name": "Nguyễn Thị Lan", "procedure": MARITAL,
            "commune": office.province.commune.code, "request_key": "k1"}  # fmt: skip
    page = client.post(reverse("dossiers:counter"), {**form, "do": "xem-lai"}).content.decode()
    assert f'name="kept-{wanted}" value="kho/{item.pk}"' in page
    assert [(use.how, use.who) for use in Use.objects.all()] == [("shown", "Trần Văn Clerk")]
    ticked = {f"has-{code}": "1" for code in components(office) if code != wanted}
    said = {**form, **ticked, f"kept-{wanted}": f"kho/{item.pk}", "do": "tiep-nhan"}
    assert client.post(reverse("dossiers:counter"), said).status_code == 302
    part = Part.objects.get(code=wanted, dossier__isnull=False)
    assert (part.source, part.kept_as) == ("vault", item.pk)
    run_jobs()
    assert Fact.objects.filter(name="vault.reused").count() == 1
    assert Use.objects.get(how="filed").case_id == part.dossier_id


def test_a_kept_paper_answers_a_request_for_more(office: Office) -> None:
    dossier = office.supplementing()
    name = dossier.supplements.get().missing[0]["name"]
    item = kept(office, name)
    client = Client()
    client.force_login(office.accounts["lan"])
    page = reverse("dossiers:supplement", args=[dossier.case.number])
    assert f'name="kept-0" value="kho/{item.pk}"' in client.get(page).content.decode()
    assert client.post(page, {"kept-0": "kho/999999"}).status_code == 422
    assert client.post(page, {"kept-0": f"kho/{item.pk}"}).status_code == 302
    assert dossier.parts.get(source="vault").kept_as == item.pk
    run_jobs()
    assert verbs(dossier)[-2:] == ["supplement", "reuse"]


# --- What may not be used ---------------------------------------------------------------------------------------------


def test_a_paper_that_holds_no_more_or_belongs_to_another_is_neither_offered_nor_taken(office: Office) -> None:
    name = "Giấy xác nhận tình trạng hôn nhân"
    late = kept(office, name, number="1", issued_on=date(2026, 1, 5))
    others = kept(office, name, who="minh", number="2")
    gone = kept(office, name, number="3")
    Item.objects.filter(pk=gone.pk).update(revoked_at=START)
    made, lan = draft(office), office.actor("lan")
    from tinhso.modules.dossiers.queries.kept import offered

    assert offered({"tp": name}, person_id=lan.person_id, by=lan, at=START) == {}
    before = list(made.parts.values())
    for item, error in ((late, Refusal), (others, NotFound), (gone, Refusal)):
        with pytest.raises(error):
            dossiers.attach_kept(token=made.token, code="tp", name=name, key=f"kho/{item.pk}", by=lan, at=START)
    for key in ("kho/abc", "khac/1", "", f"kho/{10**20}"):
        with pytest.raises(NotFound):
            dossiers.attach_kept(token=made.token, code="tp", name=name, key=key, by=lan, at=START)
    assert list(made.parts.values()) == before == []
    fresh = kept(office, name, number="4", issued_on=date(2026, 10, 5))
    fitting = offered({"tp": name}, person_id=lan.person_id, by=lan, at=START)
    assert [one.key for one in fitting["tp"]] == [f"kho/{fresh.pk}"]


def test_nobody_searches_other_peoples_vaults(office: Office) -> None:
    item = kept(office, "Giấy khai sinh")
    for who in ("minh", "clerk", "handler", "leader", "neighbour"):
        assert not Item.objects.visible_to(office.actor(who)).exists(), who
    assert Item.objects.visible_to(office.actor("lan")).get() == item
    dossier = received(office, "Giấy khai sinh")
    part = dossier.parts.get(source="paper")
    actions.take_into_dossier(case_id=dossier.pk, part_id=part.pk, key=f"kho/{item.pk}", by=office.actor("clerk"),
                              at=after(hours=1))  # fmt: skip
    for who, sees in {"minh": 0, "clerk": 1, "handler": 1, "neighbour": 0}.items():
        assert Item.objects.visible_to(office.actor(who)).count() == sees, who


# --- Digitisation -----------------------------------------------------------------------------------------------------


def test_the_months_shares_come_from_the_facts(office: Office) -> None:
    from tinhso.modules.vault.queries.figures import shares

    dossier = received(office, "Giấy khai sinh")
    scan = scanned(office, dossier, dossier.parts.get(source="paper"))
    actions.sign_copy(scan_id=scan.pk, by=office.actor("clerk"), at=after(hours=2))
    office.receive(key="unscanned")
    run_jobs()
    found = shares(office.actor("clerk"), date(2026, 11, 20))
    assert (found.digitised, found.on_paper, found.digitised_share) == (1, 2, 50.0)
    assert (found.reused, found.received, found.reused_share) == (0, 2, 0.0)
    assert shares(office.actor("neighbour"), date(2026, 11, 20)).digitised_share is None


def test_a_revoked_result_tells_its_owner_and_only_its_unit_revokes(office: Office) -> None:
    item = kept(office, "Giấy khai sinh")
    dossier = received(office, "Giấy khai sinh")
    Item.objects.filter(pk=item.pk).update(case=dossier.case)
    Grant.objects.create(account=office.accounts["leader"], role="vault.certifier", unit=office.province.commune,
                         begins_on=date(2025, 7, 1))  # fmt: skip
    for who in ("neighbour", "clerk"):
        with pytest.raises(NotAllowed):
            actions.revoke(token=item.token, reason="Cấp sai đối tượng", by=office.actor(who), at=START)
    assert Item.objects.get().revoked_at is None
    leader = Account.objects.get(pk=office.accounts["leader"].pk)
    from tinhso.kernel.people.queries import actor_of, forget

    forget()
    actions.revoke(token=item.token, reason="Cấp sai đối tượng", by=actor_of(leader), at=START)
    run_jobs()
    assert Item.objects.get().revoked_reason == "Cấp sai đối tượng"
    assert Notice.objects.filter(account=office.accounts["lan"], kind="vault.revoke").count() == 1


@pytest.mark.slow
def test_the_demonstration_fills_the_vault_once(office: Office) -> None:
    from tinhso.modules.vault import demo
    from tinhso.modules.vault.models import Certification

    named = {"lan": "dan.lan", "clerk": "canbo.motcua", "leader": "lanhdao", "registrar": "vanthu"}
    for who, name in named.items():
        Account.objects.filter(username=who).update(username=name, is_demonstration=True)
    received(office, "Giấy khai sinh")
    for _ in range(2):
        demo.fill(at=after(3))
    assert [one.case.state for one in Certification.objects.order_by("pk")] == ["issued", "requested"]
    assert Scan.objects.filter(state="ready").count() == 1
    assert Item.objects.filter(person=office.accounts["lan"].person).count() == 4
    assert Use.objects.get(how="seen").item.title == "Giấy khai sinh"
