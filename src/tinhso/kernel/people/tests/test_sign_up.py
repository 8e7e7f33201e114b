from datetime import date

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.test import Client

from tinhso.kernel.people.models import Account, Person
from tinhso.kernel.people.tests.factories import CARD, PASSWORD, account, citizen

pytestmark = pytest.mark.django_db
SIGN_UP = "/tai-khoan/signup/"


def sign_up(client=None, **changed):
    said = {
        "full_name": "  Nguyễn  Thị Lan ",
        "identity_number": "001190012345",
        "card_text": "",
        "phone": "0912 345 678",
        "email": "lan@example.test",
        "username": "lan1990",
        "password1": PASSWORD,
        "password2": PASSWORD,
    }
    return (client or Client()).post(SIGN_UP, {**said, **changed})


def errors(response):
    return {name: [error.code for error in found.as_data()] for name, found in response.context["form"].errors.items()}


def test_the_page_shows_all_fields(client):
    page = client.get(SIGN_UP)
    assert page.status_code == 200
    assert list(page.context["form"].fields) == [
        "card_text", "full_name", "identity_number", "phone", "email", "username", "password1", "password2",
    ]  # fmt: skip


def test_signing_up_makes_a_person_and_an_account_and_signs_in(client):
    response = sign_up(client)
    assert (response.status_code, response.headers["Location"]) == (302, "/")
    made = Account.objects.select_related("person").get()
    assert (made.username, made.display_name, made.email, made.is_official) == (
        "lan1990", "Nguyễn Thị Lan", "lan@example.test", False,
    )  # fmt: skip
    person = made.person
    assert (person.full_name, person.phone, person.email) == ("Nguyễn Thị Lan", "+84912345678", "lan@example.test")
    assert client.session["_auth_user_id"] == str(made.pk)
    assert made.password.startswith("argon2")


def test_a_typed_identity_number_is_declared_not_proven():
    sign_up()
    person = Person.objects.get()
    assert (person.identity_number, person.declared_number, person.number_for_forms) == (
        None, "001190012345", "001190012345",
    )  # fmt: skip


@pytest.mark.parametrize("is_linked", [False, True])
def test_typing_the_number_of_a_known_person_reaches_nothing_of_theirs_and_shows_nothing(is_linked):
    if is_linked:
        victim = citizen("hoa", identity_number="001190012345", address="Nhà của Hoa").person
    else:
        victim = Person.objects.create(full_name="Hoa", identity_number="001190012345", address="Nhà của Hoa")
    response = sign_up()
    assert (response.status_code, response.headers["Location"]) == (302, "/")
    made = Account.objects.get(username="lan1990")
    assert made.person_id != victim.pk
    assert (made.person.identity_number, made.person.address) == (None, "")
    before = (victim.full_name, victim.phone, victim.address)
    victim.refresh_from_db()
    assert (victim.full_name, victim.phone, victim.address) == before
    assert victim.identity_number == "001190012345"


def test_a_scanned_card_fills_in_what_was_left_empty():
    sign_up(card_text=CARD, full_name="", identity_number="")
    person = Person.objects.get()
    assert (person.full_name, person.declared_number, person.born_on, person.is_female, person.address) == (
        "Nguyễn Thị Lan", "001190012345", date(1990, 3, 15), True, "Số 1, đường Thử, phường Thử",
    )  # fmt: skip


def test_a_card_of_somebody_else_fills_in_nothing_beside_a_typed_number():
    sign_up(card_text=CARD, identity_number="001190099999")
    person = Person.objects.get()
    assert (person.declared_number, person.born_on, person.address) == ("001190099999", None, "")


@pytest.mark.parametrize(
    ("changed", "found"),
    [
        ({"full_name": " "}, {"full_name": ["required"]}),
        ({"identity_number": "12345"}, {"identity_number": ["identity_number"]}),
        ({"identity_number": "00119001234a"}, {"identity_number": ["identity_number"]}),
        ({"card_text": "a|b"}, {"card_text": ["card"]}),
        ({"phone": "12345"}, {"phone": ["phone"]}),
        ({"password1": "short", "password2": "short"}, {"password1": ["password_too_short"]}),
    ],
)
def test_what_is_wrong_is_said_beside_its_field_and_nothing_is_made(changed, found):
    response = sign_up(**changed)
    assert response.status_code == 200
    assert errors(response) == found
    assert Account.objects.count() == Person.objects.count() == 0


def test_a_taken_e_mail_address_looks_like_a_free_one_and_the_second_account_cannot_use_it():
    hoa = account("hoa", "lan@example.test")
    EmailAddress.objects.create(user=hoa, email="lan@example.test", verified=True, primary=True)
    taken, free = sign_up(), sign_up(username="other", email="free@example.test")
    assert (taken.status_code, taken.headers["Location"]) == (free.status_code, free.headers["Location"]) == (302, "/")
    mine = EmailAddress.objects.get(user__username="lan1990")
    assert (mine.email, mine.verified) == ("lan@example.test", False)
    assert EmailAddress.objects.get(user=hoa).verified is True


def test_forgetting_the_password_says_the_same_for_known_and_unknown_addresses():
    hoa = account("hoa", "hoa@example.test")
    EmailAddress.objects.create(user=hoa, email="hoa@example.test", verified=True, primary=True)
    known, unknown = (
        Client().post("/tai-khoan/password/reset/", {"email": email})
        for email in ("hoa@example.test", "x@example.test")
    )
    assert (known.status_code, known.headers["Location"]) == (unknown.status_code, unknown.headers["Location"])
    assert len([message for message in mail.outbox if message.to == ["hoa@example.test"]]) == 1
    assert mail.outbox[0].subject.startswith("Tỉnh Số – ")


def test_without_an_e_mail_address_one_can_sign_up_and_sign_in():
    assert sign_up(email="").status_code == 302
    client = Client()
    client.post("/tai-khoan/login/", {"login": "lan1990", "password": PASSWORD})
    assert client.session["_auth_user_id"] == str(Account.objects.get().pk)
