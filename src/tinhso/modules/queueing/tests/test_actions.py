"""Numbers are given once, called once, in order; and what is refused changes nothing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from tinhso.kernel.errors import NotAllowed, NotFound, Refusal
from tinhso.kernel.journal.models import Entry
from tinhso.kernel.journal.queries import sentence, verify
from tinhso.kernel.testing.lasting import lasting
from tinhso.modules.queueing import actions
from tinhso.modules.queueing.models import Kiosk, Ticket
from tinhso.modules.queueing.tests.factories import Shop, after

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def made(django_db_setup: None, django_db_blocker: Any) -> Iterator[Shop]:
    with lasting(django_db_blocker):
        yield Shop()


@pytest.fixture
def shop(made: Shop, db: None) -> Shop:
    return made


def everything() -> list[Any]:
    return [list(Ticket.objects.order_by("pk").values()), Entry.objects.count()]


def test_numbers_begin_at_one_for_each_purpose_and_each_day(shop: Shop) -> None:
    labels = [shop.take(0).label, shop.take(1).label, shop.take(2, "collect").label, shop.take(24 * 60).label]
    assert labels == ["A001", "A002", "B001", "A001"]


def test_one_press_is_one_number(shop: Shop) -> None:
    first, second = shop.take(key="press"), shop.take(key="press")
    assert (first.pk, Ticket.objects.count()) == (second.pk, 1)
    assert shop.take().label == "A002"


def test_an_unknown_purpose_takes_nothing(shop: Shop) -> None:
    before = everything()
    with pytest.raises(Refusal) as no:
        shop.take(purpose="tea")
    assert (no.value.code, everything()) == ("queueing.purpose", before)


def test_who_came_first_is_called_first_and_priority_before_all(shop: Shop) -> None:
    for minute in range(3):
        shop.take(minute)
    shop.take(3, "collect", priority=True)
    called = [shop.call(10 + minute) for minute in range(5)]
    assert [one.label if one else None for one in called] == ["B001", "A001", "A002", "A003", None]


def test_a_window_calls_only_for_what_it_serves(shop: Shop) -> None:
    shop.take(0)
    shop.take(1, "collect")
    called = actions.call_next(
        unit_id=shop.unit_id, window="Quầy 2", by=shop.actor("hoa"), at=after(5), purposes=["collect"]
    )
    assert called is not None
    assert called.label == "B001"


def test_calling_the_next_serves_who_stood_there(shop: Shop) -> None:
    first, _second = shop.take(0), shop.take(1)
    shop.call(5)
    shop.call(9)
    first.refresh_from_db()
    assert (first.state, first.window, first.called_at, first.done_at) == ("served", "Quầy 1", after(5), after(9))
    told = [sentence(one) for one in Entry.objects.filter(data__label="A001").order_by("seq")]
    clerk = shop.accounts["hoa"].display_name
    assert told == [
        "Lấy số A001",
        f"{clerk} gọi số A001 vào Quầy 1 sau 5 phút chờ",
        f"{clerk} phục vụ xong số A001 trong 4 phút",
    ]


def test_a_second_press_calls_nobody_else(shop: Shop) -> None:
    shop.take(0)
    waiting = shop.take(1)
    first = shop.call(5, seen=0)
    again = shop.call(5, seen=0)
    assert first is not None
    assert again is not None
    assert again.pk == first.pk
    waiting.refresh_from_db()
    assert waiting.state == "waiting"


def test_called_again_absent_and_come_after_all(shop: Shop) -> None:
    first = shop.take(0)
    shop.take(1)
    shop.call(5)
    actions.call_again(ticket_id=first.pk, by=shop.actor("hoa"), at=after(6))
    actions.mark_absent(ticket_id=first.pk, by=shop.actor("hoa"), at=after(7))
    second = shop.call(8)
    assert second is not None
    assert second.label == "A002"
    back = actions.call_absent(ticket_id=first.pk, window="Quầy 1", by=shop.actor("hoa"), at=after(12))
    assert (back.state, back.calls, back.called_at, back.last_called_at) == ("called", 3, after(5), after(12))
    second.refresh_from_db()
    assert second.state == "served"
    assert actions.finish(ticket_id=first.pk, by=shop.actor("hoa"), at=after(15)).done_at == after(15)


@pytest.mark.parametrize("verb", ["call_again", "mark_absent", "finish"])
def test_what_does_not_stand_at_a_window_is_not_touched(shop: Shop, verb: str) -> None:
    waiting = shop.take(0)
    kept = everything()
    with pytest.raises(Refusal) as no:
        getattr(actions, verb)(ticket_id=waiting.pk, by=shop.actor("hoa"), at=after(1))
    assert (no.value.code, everything()) == ("queueing.not_at_window", kept)
    with pytest.raises(NotFound):
        getattr(actions, verb)(ticket_id=waiting.pk, by=shop.actor("elsewhere"), at=after(1))
    assert everything() == kept


@pytest.mark.parametrize("who", ["elsewhere", "specialist", "lan"])
def test_who_does_not_call_there_is_refused_and_nothing_changes(shop: Shop, who: str) -> None:
    shop.take(0)
    before = everything()
    with pytest.raises(NotAllowed):
        shop.call(1, who)
    assert everything() == before


@pytest.mark.parametrize("window", ["", "   ", "Quầy số một trăm"])
def test_nobody_is_called_to_nowhere(shop: Shop, window: str) -> None:
    shop.take(0)
    before = everything()
    with pytest.raises(Refusal) as no:
        shop.call(1, window=window)
    assert (no.value.code, everything()) == ("queueing.window", before)


def test_the_database_keeps_one_number_once_and_one_person_at_a_window(shop: Shop) -> None:
    first, second = shop.take(0), shop.take(1)
    for change in ({"number": first.number}, {"state": "called"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Ticket.objects.filter(pk=second.pk).update(**change)
    shop.call(2)
    with pytest.raises(IntegrityError), transaction.atomic():
        Ticket.objects.filter(pk=second.pk).update(state="called", window="Quầy 1", called_at=after(3))


def test_a_new_machine_ends_the_old_one_and_only_the_manager_opens_it(shop: Shop) -> None:
    first = actions.open_kiosk(unit_id=shop.unit_id, by=shop.actor("director"), at=after(0)).token
    second = actions.open_kiosk(unit_id=shop.unit_id, by=shop.actor("director"), at=after(1)).token
    assert first != second
    assert Kiosk.objects.get().token == second
    with pytest.raises(NotAllowed):
        actions.open_kiosk(unit_id=shop.unit_id, by=shop.actor("hoa"), at=after(2))
    assert Kiosk.objects.get().token == second


def test_the_history_of_a_day_is_one_whole_chain(shop: Shop) -> None:
    shop.take(0)
    shop.call(1)
    rows = Entry.objects.filter(subject=f"queue/{shop.unit_id}/2026-11-16")
    assert [one.verb for one in rows.order_by("seq")] == ["queueing.take", "queueing.call"]
    assert list(verify()) == []
