"""Two at once: the database decides, and one thing happens."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.db import connection

from tinhso.kernel.errors import Refusal
from tinhso.kernel.identity import actions
from tinhso.kernel.identity.models import Identity
from tinhso.kernel.identity.rules import Kind, Said, read_providers
from tinhso.kernel.mandates import actions as mandates
from tinhso.kernel.mandates.models import Mandate
from tinhso.kernel.people.models import Account, Person
from tinhso.kernel.people.queries import actor_of
from tinhso.kernel.people.tests import factories

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]
AT = datetime(2026, 11, 16, 2, 0, tzinfo=UTC)
PROVIDER = read_providers(
    {"providers": [{"code": "vneid", "name": "VNeID", "issuer": "https://id.test", "client_id": "tinhso"}]}
)[0]


def at_once(*acts: Callable[[], Any]) -> list[Any]:
    """What each act gave, or how it was refused; all begin together."""
    gate, gave = threading.Barrier(len(acts)), []

    def work(act: Callable[[], Any]) -> None:
        gate.wait()
        try:
            gave.append(act())
        except Refusal as refused:
            gave.append(refused.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return gave


def test_first_sign_ins_at_once_make_one_account() -> None:
    said = Said(subject="lan", kind=Kind.CITIZEN, level=2, identity_number="079190012346", full_name="Nguyễn Thị Lan")
    gave = at_once(*[lambda: actions.sign_in(provider=PROVIDER, said=said, at=AT).pk] * 4)
    assert set(gave) == {Account.objects.get().pk}
    assert Person.objects.count() == Identity.objects.count() == 1


def test_one_code_taken_up_at_once_goes_to_one() -> None:
    giver = factories.citizen("me", identity_number="079160012347")
    takers = [actor_of(factories.citizen(name)) for name in ("lan", "minh", "hoa")]
    _mandate, code = mandates.give(ends_on=date(2027, 6, 30), by=actor_of(giver), at=AT)
    gave = at_once(*[lambda by=by: mandates.take_up(code=code, by=by, at=AT).holder_id for by in takers])
    assert sorted(map(str, gave))[1:] == ["mandates.no_offer"] * 2
    assert str(Mandate.objects.get().holder_id) == sorted(map(str, gave))[0]
