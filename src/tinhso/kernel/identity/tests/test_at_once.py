"""First sign-ins at once: the database decides, and one account is made."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from tinhso.kernel.identity import actions
from tinhso.kernel.identity.models import Identity
from tinhso.kernel.identity.rules import Kind, Said, read_providers
from tinhso.kernel.people.models import Account, Person
from tinhso.kernel.testing.together import at_once

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]
AT = datetime(2026, 11, 16, 2, 0, tzinfo=UTC)
PROVIDER = read_providers(
    {"providers": [{"code": "vneid", "name": "VNeID", "issuer": "https://id.test", "client_id": "tinhso"}]}
)[0]


def test_first_sign_ins_at_once_make_one_account() -> None:
    said = Said(subject="lan", kind=Kind.CITIZEN, level=2, identity_number="079190012346", full_name="Nguyễn Thị Lan")
    gave = at_once(*[lambda: actions.sign_in(provider=PROVIDER, said=said, at=AT).pk] * 4)
    assert set(gave) == {Account.objects.get().pk}
    assert Person.objects.count() == Identity.objects.count() == 1
