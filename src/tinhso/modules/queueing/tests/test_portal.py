"""The machine, the ticket on the phone and the screen: no name anywhere, nothing without the machine's address."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tinhso.modules.queueing import actions, queries
from tinhso.modules.queueing.models import Kiosk, Ticket
from tinhso.modules.queueing.tests.factories import Shop, after

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop() -> Shop:
    return Shop()


@pytest.fixture
def machine(shop: Shop) -> str:
    actions.open_kiosk(unit_id=shop.unit_id, by=shop.actor("director"), at=timezone.now())
    return f"/lay-so/{Kiosk.objects.get().token}/"


def now_taken(shop: Shop, key: str = "now", **more: object) -> Ticket:
    return actions.take(
        unit_id=shop.unit_id, purpose="submit", is_priority=False, request_key=key, by=shop.actor("hoa"),
        at=timezone.now(), **more,  # type: ignore[arg-type]
    )  # fmt: skip


def test_a_number_is_taken_at_the_machine_and_printed_with_its_code(shop: Shop, machine: str) -> None:
    assert "Mời bạn lấy số" in Client().get(machine).content.decode()
    answer = Client().post(machine, {"purpose": "collect", "priority": "1", "request_key": "a"})
    ticket = Ticket.objects.get()
    assert (ticket.label, ticket.is_priority) == ("B001", True)
    assert answer["Location"] == f"{machine}{ticket.token}/"
    page = Client().get(answer["Location"]).content.decode()
    assert "B001" in page
    assert 'data-island="print-now"' in page
    assert "<svg" in page
    again = Client().post(machine, {"purpose": "collect", "request_key": "a"})
    assert again["Location"] == answer["Location"]


def test_without_a_purpose_the_machine_asks_again(machine: str) -> None:
    answer = Client().post(machine, {})
    assert answer.status_code == 422
    assert "Chọn việc bạn cần làm." in answer.content.decode()
    assert Ticket.objects.count() == 0


def test_an_address_that_no_machine_has_gives_no_number(shop: Shop, machine: str) -> None:
    wrong = f"/lay-so/{uuid.uuid4()}/"
    assert (Client().get(wrong).status_code, Client().post(wrong, {"purpose": "ask"}).status_code) == (404, 404)
    old = machine
    actions.open_kiosk(unit_id=shop.unit_id, by=shop.actor("director"), at=timezone.now())
    assert Client().post(old, {"purpose": "ask"}).status_code == 404
    assert Ticket.objects.count() == 0


def test_the_phone_tells_how_many_are_before_and_then_where_to_go(shop: Shop) -> None:
    now_taken(shop, "first")
    mine = now_taken(shop, "mine")
    page = Client().get(f"/ve/{mine.token}/").content.decode()
    assert "Trước bạn còn 1 người" in page
    assert 'hx-trigger="every 10s"' in page
    for _ in range(2):
        actions.call_next(unit_id=shop.unit_id, window="Quầy 2", by=shop.actor("hoa"), at=timezone.now())
    assert "Mời bạn vào Quầy 2" in Client().get(f"/ve/{mine.token}/").content.decode()


def test_a_ticket_of_another_day_says_so_and_stops_asking(shop: Shop) -> None:
    old = shop.take(-5 * 24 * 60)
    page = Client().get(f"/ve/{old.token}/").content.decode()
    assert "Số của ngày khác" in page
    assert "hx-trigger" not in page.partition('id="ve"')[2]


def test_priority_goes_before_in_what_the_phone_tells(shop: Shop) -> None:
    first, second, third = shop.take(0), shop.take(1), shop.take(2, priority=True)
    ahead = [queries.place_of(one, after(3))["ahead"] for one in (first, second, third)]
    assert ahead == [1, 2, 0]


def test_the_screen_shows_numbers_and_windows_and_no_person(shop: Shop) -> None:
    now_taken(shop, "one")
    now_taken(shop, "two")
    actions.call_next(unit_id=shop.unit_id, window="Quầy 3", by=shop.actor("hoa"), at=timezone.now())
    page = Client().get(f"/man-hinh-goi-so/{shop.province.shop.code}/").content.decode()
    assert 'class="fresh"' in page
    assert "<b>A001</b><span>Quầy 3</span>" in page
    assert 'class="call-waiting">1<' in page
    assert shop.accounts["hoa"].display_name not in page
    assert Client().get("/man-hinh-goi-so/khong-co/").status_code == 404


def test_a_call_stands_out_for_a_while_only(shop: Shop) -> None:
    shop.take(0)
    shop.call(5)
    fresh = [queries.screen(shop.unit_id, after(5) + timedelta(seconds=later))["called"][0]["is_fresh"]
             for later in (0, 19, 21)]  # fmt: skip
    assert fresh == [True, True, False]


def test_the_screen_costs_the_same_however_many_wait(shop: Shop) -> None:
    address, costs = f"/man-hinh-goi-so/{shop.province.shop.code}/", []
    for index in range(3):
        with CaptureQueriesContext(connection) as captured:
            Client().get(address)
        costs.append(len(captured))
        for other in range(4):
            now_taken(shop, f"{index}-{other}")
    assert costs[1] == costs[2] <= 6
