from __future__ import annotations

from datetime import date

from tinhso.kernel.people.models import Account, Person
from tinhso.kernel.people.queries import actor_of
from tinhso.kernel.people.rules import Actor
from tinhso.kernel.units.models import Unit
from tinhso.kernel.units.rules import Kind, Level

PASSWORD = "mot-cau-dai-de-nho"
CARD = "001190012345|012345678|Nguyễn Thị Lan|15031990|Nữ|Số 1, đường Thử, phường Thử|01012022"


def account(username: str = "lan", email: str = "", *, person: Person | None = None, **more: object) -> Account:
    return Account.objects.create_user(
        username, email, PASSWORD, display_name=f"Nguyễn Thị {username.title()}", person=person, **more
    )


def citizen(username: str = "lan", **more: object) -> Account:
    person = Person.objects.create(full_name=f"Nguyễn Thị {username.title()}", **more)
    return account(username, person=person)


def official(username: str = "hanh") -> Actor:
    return actor_of(account(username, is_official=True))


def unit(code: str = "TEST") -> Unit:
    return Unit.objects.create(
        code=code, name="Phường Thử Nghiệm", kind=Kind.COMMUNE, level=Level.COMMUNE, begins_on=date(2025, 7, 1)
    )
