"""Acting for somebody else: asked for and confirmed, given and taken up, ended by either side."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from io import BytesIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tinhso.kernel.errors import NotAllowed, NotFound, Refusal
from tinhso.kernel.identity.models import Identity
from tinhso.kernel.journal.models import Entry
from tinhso.kernel.mandates import actions, jobs, queries, rules
from tinhso.kernel.mandates.models import Mandate
from tinhso.kernel.notices.models import Notice
from tinhso.kernel.people.models import Account, Business, Person
from tinhso.kernel.people.queries import actor_of
from tinhso.kernel.people.rules import EVERYWHERE, IDENTIFY, Actor, ActorKind
from tinhso.kernel.people.tests import factories

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 16, 2, 0, tzinfo=UTC)
TODAY, UNTIL = date(2026, 11, 16), date(2027, 6, 30)
MOTHER = "079160012347"
PHOTO = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    "1f15c4890000000d49444154789c6360f8cf500f0003860180345a5ba9"
    "0000000049454e44ae426082"
)


def paper() -> BytesIO:
    content = BytesIO(PHOTO)
    content.name = "giay-uy-quyen.png"
    return content


def clerk() -> Actor:
    account = factories.account("hanh", is_official=True)
    return Actor(ActorKind.OFFICIAL, account.pk, "Hạnh", rights={IDENTIFY: EVERYWHERE})


def asked(by: Account, **changed: Any) -> Mandate:
    said = {"basis": "authorised", "subject_name": "Lê Thị Mẹ", "subject_number": MOTHER, "ends_on": UNTIL}
    return actions.ask(**{**said, "proof": paper(), "by": actor_of(by), "at": AT, **changed})


def confirmed(by: Account, **changed: Any) -> Mandate:
    return actions.confirm(mandate_id=asked(by, **changed).pk, by=clerk(), at=AT)


def test_it_holds_once_an_official_has_confirmed_it_and_not_before() -> None:
    lan = factories.citizen("lan")
    mandate = asked(lan)
    assert queries.usable(actor_of(lan), TODAY) == []
    actions.confirm(mandate_id=mandate.pk, by=clerk(), at=AT)
    (found,) = queries.usable(actor_of(lan), TODAY)
    assert (found.person.identity_number, found.person.full_name, found.decided_by.username) == (
        MOTHER, "Lê Thị Mẹ", "hanh"
    )  # fmt: skip
    assert list(Entry.objects.filter(subject=f"mandate/{found.pk}").order_by("seq").values_list("verb", flat=True)) == [
        "mandate.ask", "mandate.confirm"
    ]  # fmt: skip


def test_it_holds_through_its_last_day_and_no_longer() -> None:
    lan = factories.citizen("lan")
    mandate = confirmed(lan)
    assert queries.required(mandate_id=mandate.pk, by=actor_of(lan), on=UNTIL) == mandate
    for day in (UNTIL + timedelta(days=1), TODAY - timedelta(days=1)):
        with pytest.raises(Refusal, match="không còn quyền"):
            queries.required(mandate_id=mandate.pk, by=actor_of(lan), on=day)


def test_nobody_acts_by_anothers_mandate() -> None:
    mandate = confirmed(factories.citizen("lan"))
    with pytest.raises(Refusal, match="không còn quyền"):
        queries.required(mandate_id=mandate.pk, by=actor_of(factories.citizen("minh")), on=TODAY)


@pytest.mark.parametrize(("changed", "code"), [
    ({"basis": "friend"}, "mandates.basis"),
    ({"subject_name": "  "}, "mandates.name"),
    ({"subject_number": "12"}, "mandates.number"),
    ({"basis": "staff", "subject_number": "0100109107"}, "mandates.number"),
    ({"subject_number": "079190012346"}, "mandates.oneself"),
    ({"ends_on": TODAY - timedelta(days=1)}, "mandates.ended"),
    ({"ends_on": TODAY + rules.LONGEST + timedelta(days=1)}, "mandates.too_long"),
    ({"proof": None}, "mandates.proof"),
])  # fmt: skip
def test_what_cannot_be_is_refused_and_nothing_is_kept(changed: dict[str, Any], code: str) -> None:
    lan = factories.citizen("lan", identity_number="079190012346")
    with pytest.raises(Refusal) as refused:
        asked(lan, **changed)
    assert refused.value.code == code
    assert Mandate.objects.count() == 0


def test_one_asks_once_for_the_same() -> None:
    lan = factories.citizen("lan")
    asked(lan)
    with pytest.raises(Refusal, match="đã có yêu cầu"):
        asked(lan)
    assert Mandate.objects.count() == 1


def test_only_an_official_with_the_right_decides_and_never_on_ones_own() -> None:
    lan = factories.citizen("lan")
    mandate = asked(lan)
    plain = Actor(ActorKind.OFFICIAL, factories.account("binh", is_official=True).pk, "Bình")
    own = Actor(ActorKind.OFFICIAL, lan.pk, "Lan", rights={IDENTIFY: EVERYWHERE})
    for by in (plain, own, actor_of(factories.citizen("minh"))):
        with pytest.raises(NotAllowed):
            actions.confirm(mandate_id=mandate.pk, by=by, at=AT)
        with pytest.raises(NotAllowed):
            actions.refuse(mandate_id=mandate.pk, reason="Mờ", by=by, at=AT)
    mandate.refresh_from_db()
    assert (mandate.status, mandate.person_id) == ("asked", None)


def test_a_refusal_says_why_and_cannot_be_confirmed_afterwards() -> None:
    lan = factories.citizen("lan")
    mandate, by = asked(lan), clerk()
    with pytest.raises(Refusal, match="lý do"):
        actions.refuse(mandate_id=mandate.pk, reason=" ", by=by, at=AT)
    actions.refuse(mandate_id=mandate.pk, reason="Giấy mờ, không đọc được", by=by, at=AT)
    with pytest.raises(Refusal, match="vừa được giải quyết"):
        actions.confirm(mandate_id=mandate.pk, by=by, at=AT)
    assert "Giấy mờ" in Notice.objects.get(account=lan).body
    assert queries.usable(actor_of(lan), TODAY) == []


def test_the_other_side_is_told_sees_it_and_ends_it_at_once() -> None:
    lan, mother = factories.citizen("lan"), factories.citizen("me", identity_number=MOTHER)
    mandate = confirmed(lan)
    assert Notice.objects.filter(account=mother, kind="mandate").count() == 1
    assert [one.pk for one in Mandate.objects.about(actor_of(mother))] == [mandate.pk]
    actions.revoke(mandate_id=mandate.pk, by=actor_of(mother), at=AT)
    with pytest.raises(Refusal, match="không còn quyền"):
        queries.required(mandate_id=mandate.pk, by=actor_of(lan), on=TODAY)
    assert Notice.objects.filter(account=lan, title__contains="đã được thu").count() == 1
    again = actions.revoke(mandate_id=mandate.pk, by=actor_of(mother), at=AT + timedelta(days=1))
    assert again.ended_at == AT


def test_a_stranger_ends_nothing() -> None:
    mandate = confirmed(factories.citizen("lan"))
    with pytest.raises(NotFound):
        actions.revoke(mandate_id=mandate.pk, by=actor_of(factories.citizen("minh")), at=AT)
    mandate.refresh_from_db()
    assert mandate.status == "confirmed"


def test_for_an_organisation_its_representatives_see_and_end_it() -> None:
    lan, boss = factories.citizen("lan"), factories.citizen("boss")
    firm = Business.objects.create(name="HTX Thử", tax_code="0100109106")
    firm.representatives.add(boss.person)
    mandate = confirmed(lan, basis="staff", subject_name="HTX Thử", subject_number="0100109106")
    assert (mandate.business_id, mandate.person_id) == (firm.pk, None)
    actions.revoke(mandate_id=mandate.pk, by=actor_of(boss), at=AT)
    assert queries.usable(actor_of(lan), TODAY) == []


def test_who_is_proven_gives_a_code_that_works_once() -> None:
    mother, lan = factories.citizen("me", identity_number=MOTHER), factories.citizen("lan")
    _mandate, code = actions.give(ends_on=UNTIL, by=actor_of(mother), at=AT)
    assert Mandate.objects.filter(code_hash=code.encode()).count() == 0
    actions.take_up(code=code.lower().replace("-", " "), by=actor_of(lan), at=AT)
    assert [one.person.identity_number for one in queries.usable(actor_of(lan), TODAY)] == [MOTHER]
    for who in (lan, factories.citizen("minh")):
        with pytest.raises(Refusal, match="Mã không đúng"):
            actions.take_up(code=code, by=actor_of(who), at=AT)
    assert Mandate.objects.count() == 1


def test_a_code_is_not_for_oneself_and_not_for_ever() -> None:
    mother, lan = factories.citizen("me", identity_number=MOTHER), factories.citizen("lan")
    _mandate, code = actions.give(ends_on=UNTIL, by=actor_of(mother), at=AT)
    with pytest.raises(Refusal, match="Mã không đúng"):
        actions.take_up(code=code, by=actor_of(mother), at=AT)
    with pytest.raises(Refusal, match="Mã không đúng"):
        actions.take_up(code=code, by=actor_of(lan), at=AT + rules.OFFER_LASTS)
    assert Mandate.objects.get().status == "offered"


def test_who_is_not_proven_gives_nothing() -> None:
    with pytest.raises(Refusal, match="chưa được đối chiếu"):
        actions.give(ends_on=UNTIL, by=actor_of(factories.citizen("lan")), at=AT)
    assert Mandate.objects.count() == 0


def test_an_organisations_own_account_acts_for_it_without_anybodys_word() -> None:
    account = Account.objects.create_user("vneid-1", display_name="HTX Thử")
    Identity.objects.create(
        account=account, issuer="https://id.test", subject="1", kind="organisation", tax_code="0100109106",
        linked_at=AT, used_at=AT,
    )  # fmt: skip
    entry = Entry(actor_id=account.pk, at=AT)
    jobs.for_organisation(entry)
    jobs.for_organisation(entry)
    (found,) = queries.usable(actor_of(account), TODAY)
    assert (found.business.tax_code, found.basis) == ("0100109106", "representative")


def test_the_pages_ask_confirm_and_end_it() -> None:
    lan, mother = factories.citizen("lan"), factories.citizen("me", identity_number=MOTHER)
    browser = Client()
    browser.force_login(lan)
    said = {"basis": "authorised", "subject_name": "Lê Thị Mẹ", "subject_number": MOTHER, "ends_on": "31/12/2099"}
    wrong = browser.post("/tai-khoan/uy-quyen/xin/", said)
    assert (wrong.status_code, Mandate.objects.count()) == (422, 0)
    assert "Lê Thị Mẹ" in wrong.content.decode()
    until = f"{date.today() + timedelta(days=30):%d/%m/%Y}"
    file = SimpleUploadedFile("giay.png", PHOTO)
    assert browser.post("/tai-khoan/uy-quyen/xin/", said | {"ends_on": until, "proof": file}).status_code == 302
    mandate = Mandate.objects.get()
    actions.confirm(mandate_id=mandate.pk, by=clerk(), at=datetime.now(UTC))
    assert "Đang có hiệu lực" in browser.get("/tai-khoan/uy-quyen/").content.decode()
    other = Client()
    other.force_login(mother)
    page = other.get("/tai-khoan/uy-quyen/").content.decode()
    assert lan.display_name in page
    assert other.get(f"/tai-khoan/uy-quyen/{mandate.pk}/giay-to/").status_code == 200
    stranger = Client()
    stranger.force_login(factories.citizen("minh"))
    assert stranger.get(f"/tai-khoan/uy-quyen/{mandate.pk}/giay-to/").status_code == 404
    assert stranger.post(f"/tai-khoan/uy-quyen/{mandate.pk}/thu/").status_code == 404
    assert other.post(f"/tai-khoan/uy-quyen/{mandate.pk}/thu/").status_code == 302
    mandate.refresh_from_db()
    assert mandate.status == "revoked"
    assert Person.objects.filter(identity_number=MOTHER).count() == 1
