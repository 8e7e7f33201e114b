"""Several hands at the same moment: the database decides whose number is whose."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.db import connection

from tinhso.modules.queueing import actions
from tinhso.modules.queueing.models import Ticket
from tinhso.modules.queueing.tests.factories import Shop, after

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


def at_once(work: Any, hands: int) -> list[Any]:
    """What each hand gets that begins at the same moment; each gives its connection back."""
    begin = Barrier(hands)

    def one(number: int) -> Any:
        try:
            return work(number, lambda: begin.wait(timeout=10))
        finally:
            connection.close()

    with ThreadPoolExecutor(hands) as pool:
        return list(pool.map(one, range(hands)))


def test_clerks_who_call_at_once_never_get_the_same_number() -> None:
    shop, clerks, rounds = Shop(), 3, 5
    for minute in range(clerks * rounds):
        shop.take(minute)
    actor = shop.actor("hoa")

    def serve(number: int, ready: Any) -> list[str]:
        called = []
        for turn in range(rounds):
            ready()
            one = actions.call_next(unit_id=shop.unit_id, window=f"Quầy {number}", by=actor, at=after(60 + turn))
            called.append(one.label if one else "")
        return called

    got = [label for some in at_once(serve, clerks) for label in some]
    assert sorted(got) == [f"A{number:03d}" for number in range(1, clerks * rounds + 1)]


def test_presses_at_the_same_moment_never_give_the_same_number() -> None:
    shop, machines, presses = Shop(), 3, 5

    def press(number: int, ready: Any) -> list[str]:
        ready()
        return [shop.take(key=f"{number}-{turn}").label for turn in range(presses)]

    got = [label for some in at_once(press, machines) for label in some]
    assert sorted(got) == [f"A{number:03d}" for number in range(1, machines * presses + 1)]


def test_two_presses_of_one_clerk_at_once_call_one_number() -> None:
    shop = Shop()
    for minute in range(3):
        shop.take(minute)
    actor = shop.actor("hoa")

    def press(_number: int, ready: Any) -> Any:
        ready()
        return actions.call_next(unit_id=shop.unit_id, window="Quầy 1", seen=0, by=actor, at=after(10))

    assert [one.label for one in at_once(press, 3)] == ["A001"] * 3
    assert Ticket.objects.filter(state="waiting").count() == 2
