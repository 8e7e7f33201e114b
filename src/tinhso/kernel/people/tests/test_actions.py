from datetime import UTC, date, datetime, timedelta

import pytest
from allauth.account.models import EmailAddress
from django.db import IntegrityError, transaction

from tinhso.kernel.errors import NotAllowed, Refusal
from tinhso.kernel.people import actions
from tinhso.kernel.people.models import Account, Grant, Person, Position
from tinhso.kernel.people.queries import actor_of
from tinhso.kernel.people.rules import NOBODY, SYSTEM
from tinhso.kernel.people.tests.factories import citizen, official, unit

pytestmark = pytest.mark.django_db
NUMBER = "001190012345"
AT = datetime(2026, 3, 2, 1, 30, tzinfo=UTC)


def test_an_official_who_saw_the_card_proves_the_number():
    lan = citizen("lan", declared_number=NUMBER)
    before = lan.rights_version
    person = actions.confirm_identity(account_id=lan.pk, identity_number=NUMBER, by=official())
    lan.refresh_from_db()
    assert person.pk == lan.person_id
    assert Person.objects.get(pk=lan.person_id).identity_number == NUMBER
    assert lan.rights_version == before + 1


def test_a_person_registered_at_the_counter_before_gets_the_account_and_keeps_what_is_known():
    lan = citizen("lan", phone="+84912345678", address="Số 2")
    known = Person.objects.create(full_name="Nguyễn Thị Lan", identity_number=NUMBER, address="Số 1")
    actions.confirm_identity(account_id=lan.pk, identity_number=NUMBER, by=official())
    lan.refresh_from_db()
    known.refresh_from_db()
    assert lan.person_id == known.pk
    assert (known.phone, known.address) == ("+84912345678", "Số 1")


def test_proving_it_twice_changes_nothing():
    lan, by = citizen("lan", identity_number=NUMBER), official()
    before = lan.rights_version
    actions.confirm_identity(account_id=lan.pk, identity_number=NUMBER, by=by)
    lan.refresh_from_db()
    assert lan.rights_version == before


@pytest.mark.parametrize("who", ["owner", "colleague", "nobody"])
def test_nobody_but_an_official_proves_a_number(who):
    lan = citizen("lan")
    by = {"owner": lambda: actor_of(lan), "colleague": lambda: actor_of(citizen("hoa")), "nobody": lambda: NOBODY}[
        who
    ]()
    with pytest.raises(NotAllowed):
        actions.confirm_identity(account_id=lan.pk, identity_number=NUMBER, by=by)
    assert not Person.objects.filter(identity_number=NUMBER).exists()


def test_an_official_does_not_prove_their_own_number():
    by = official()
    with pytest.raises(NotAllowed):
        actions.confirm_identity(account_id=by.account_id, identity_number=NUMBER, by=by)
    assert not Person.objects.filter(identity_number=NUMBER).exists()


@pytest.mark.parametrize(
    ("number", "code"),
    [("123", "people.identity_number"), (NUMBER, "people.number_linked"), ("001190000001", "people.number_differs")],
)
def test_an_impossible_a_taken_and_a_second_number_are_refused(number, code):
    citizen("hoa", identity_number=NUMBER)
    lan = citizen("lan", identity_number="001190077777" if code == "people.number_differs" else None)
    person_before = lan.person_id
    with pytest.raises(Refusal) as no:
        actions.confirm_identity(account_id=lan.pk, identity_number=number, by=SYSTEM)
    assert no.value.code == code
    lan.refresh_from_db()
    assert lan.person_id == person_before


@pytest.mark.parametrize("who", ["colleague", "official", "nobody"])
def test_nobody_changes_anothers_contacts(who):
    lan = citizen("lan", address="Số 1")
    by = {"colleague": lambda: actor_of(citizen("hoa")), "official": official, "nobody": lambda: NOBODY}[who]()
    with pytest.raises(NotAllowed):
        actions.change_contact(person_id=lan.person_id, phone="", address="Khác", by=by)
    assert Person.objects.get(pk=lan.person_id).address == "Số 1"


def test_an_official_is_registered_with_post_and_confirmed_address():
    place = unit()
    made = actions.register_official(
        username="hanh",
        display_name="Trần Thị Hạnh",
        email="hanh@example.test",
        unit_id=place.pk,
        title="Chuyên viên",
        begins_on=date(2026, 1, 1),
        by=SYSTEM,
    )
    assert (made.is_official, made.has_usable_password()) == (True, False)
    assert Position.objects.values_list("account", "unit", "title", "is_main").get() == (
        made.pk, place.pk, "Chuyên viên", True,
    )  # fmt: skip
    assert EmailAddress.objects.values_list("email", "verified", "primary").get() == ("hanh@example.test", True, True)


def test_an_unknown_role_registers_nobody():
    with pytest.raises(Refusal) as no:
        actions.register_official(
            username="hanh", display_name="H", unit_id=unit().pk, title="x", begins_on=date(2026, 1, 1), by=SYSTEM,
            roles=["king"],
        )  # fmt: skip
    assert no.value.code == "people.unknown_role"
    assert Account.objects.count() == Position.objects.count() == Grant.objects.count() == 0


def test_no_role_ends_before_it_begins():
    hanh = Account.objects.create(username="hanh", display_name="H", is_official=True)
    begins, day = date(2026, 3, 2), timedelta(days=1)
    given = Grant.objects.create(account=hanh, role="core.admin", unit=unit(), begins_on=begins)
    with pytest.raises(IntegrityError, match="grant_ends_after_it_begins"), transaction.atomic():
        Grant.objects.filter(pk=given.pk).update(ends_on=begins - day)
    actions.take_role(grant=given, ends_on=begins - day, by=SYSTEM)
    assert Grant.objects.values_list("begins_on", "ends_on").get() == (begins, begins)
