"""Calling numbers from the desk: the window is kept for the day, every press means one thing; figures for managers."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from tinhso.modules.queueing import actions, queries
from tinhso.modules.queueing.demo import demo
from tinhso.modules.queueing.models import Ticket
from tinhso.modules.queueing.tests.factories import Shop, after

pytestmark = pytest.mark.django_db
QUEUE, STRIP = "/lam-viec/hang-doi/", "/lam-viec/hang-doi/quay/"
PART = {"HX-Request": "true"}


@pytest.fixture
def shop() -> Shop:
    return Shop()


def browser(shop: Shop, who: str = "hoa") -> Client:
    client = Client()
    client.force_login(shop.accounts[who])
    return client


def take(shop: Shop, count: int) -> list[Ticket]:
    return [
        actions.take(unit_id=shop.unit_id, purpose="submit", is_priority=False, request_key=f"t{index}",
                     by=shop.actor("hoa"), at=timezone.now())
        for index in range(count)
    ]  # fmt: skip


def press(client: Client, do: str, ticket: Ticket | None = None, **more: Any) -> Any:
    return client.post(QUEUE, {"do": do, "ticket": ticket.pk if ticket else 0} | more)


def test_a_clerk_says_once_where_they_sit_and_calls_with_a_key(shop: Shop) -> None:
    first, second = take(shop, 2)
    client = browser(shop)
    assert "Bạn ngồi quầy nào?" in client.get(QUEUE).content.decode()
    assert client.post(QUEUE, {"window": "Quầy 3"}).status_code == 302
    assert press(client, "goi").status_code == 302
    page = client.get(QUEUE).content.decode()
    assert '<p class="ticket-large">A001</p>' in page
    assert 'data-key="F8"' in page
    press(client, "goi", first)
    second.refresh_from_db()
    assert (second.state, second.window) == ("called", "Quầy 3")


def test_the_other_buttons_do_what_they_say(shop: Shop) -> None:
    first, second = take(shop, 2)
    client = browser(shop)
    press(client, "goi", window="Quầy 1")
    press(client, "goi-lai", first)
    press(client, "vang", first)
    press(client, "goi")
    press(client, "da-den", first)
    press(client, "xong", first)
    states = dict(Ticket.objects.values_list("pk", "state"))
    assert states == {first.pk: "served", second.pk: "served"}
    assert Ticket.objects.get(pk=first.pk).calls == 3


def test_without_a_window_nobody_is_called_and_the_page_says_what_to_do(shop: Shop) -> None:
    take(shop, 1)
    answer = press(browser(shop), "goi")
    assert answer.status_code == 422
    assert "Nhập tên quầy của bạn" in answer.content.decode()
    assert Ticket.objects.get().state == "waiting"


def test_the_strip_on_the_counter_calls_too(shop: Shop) -> None:
    take(shop, 1)
    client = browser(shop)
    assert client.get(STRIP, headers=PART).content == b""
    actions.open_kiosk(unit_id=shop.unit_id, by=shop.actor("director"), at=timezone.now())
    assert 'data-key="F8"' in client.get(STRIP, headers=PART).content.decode()
    part = client.post(STRIP, {"do": "goi", "window": "Quầy 1", "ticket": 0}, headers=PART).content.decode()
    assert '<b class="ticket-now">A001</b>' in part
    assert browser(shop, "specialist").get(STRIP, headers=PART).content == b""
    assert client.get(STRIP)["Location"] == QUEUE


@pytest.mark.parametrize(("who", "page", "status"), [
    ("hoa", "", 200), ("director", "", 200), ("specialist", "", 403), ("lan", "", 403),
    ("hoa", "so-lieu/", 403), ("director", "so-lieu/", 200), ("lan", "so-lieu/", 403),
])  # fmt: skip
def test_who_opens_which_page(shop: Shop, who: str, page: str, status: int) -> None:
    assert browser(shop, who).get(QUEUE + page).status_code == status


def test_a_clerk_of_another_shop_works_on_their_own_queue(shop: Shop) -> None:
    (ticket,) = take(shop, 1)
    client = browser(shop, "elsewhere")
    press(client, "goi", window="Quầy 1")
    assert press(client, "vang", ticket).status_code == 422
    ticket.refresh_from_db()
    assert ticket.state == "waiting"


def test_the_figures_tell_waiting_and_service_by_hour_and_window(shop: Shop) -> None:
    for minute in (0, 1, 70):
        shop.take(minute)
    shop.call(10)
    shop.call(21, window="Quầy 2", who="mai")
    actions.mark_absent(ticket_id=Ticket.objects.get(number=2).pk, by=shop.actor("mai"), at=after(22))
    shop.call(74)
    day = date(2026, 11, 16)
    found = queries.figures(shop.unit_id, day, day)
    assert (found.taken, found.called, found.absent) == (3, 3, 1)
    assert (found.mean_wait, found.longest_wait, found.mean_service) == (11, 20, 64)
    assert found.hours == ((8, 2, 15), (9, 1, 4))
    assert found.windows == (("Quầy 1", 1, 64),)
    assert queries.figures(shop.province.other_shop.pk, day, day).taken == 0


def test_figures_of_days_without_anybody_say_so(shop: Shop) -> None:
    page = browser(shop, "director").get(QUEUE + "so-lieu/?tu=2026-01-05&den=khong").content.decode()
    assert "Chưa có ai lấy số" in page


@pytest.mark.parametrize("hour", [0, 3, 10, 23])
def test_the_demonstration_fills_a_week_once_and_its_numbers_go_on(shop: Shop, hour: int) -> None:
    account = shop.accounts["hoa"]
    account.username, account.is_demonstration = "canbo.motcua", True
    account.save(update_fields=["username", "is_demonstration"])
    account.grants.create(role="dossiers.clerk", unit_id=shop.unit_id, begins_on=date(2026, 1, 1))
    now = timezone.localtime().replace(hour=hour, minute=20)
    demo(at=now)
    filled = Ticket.objects.count()
    demo(at=now)
    assert (filled, Ticket.objects.count()) == (240, 240)
    assert not Ticket.objects.filter(taken_at__gt=now).exists()
    assert Ticket.objects.filter(on=now.date()).count() == 40
    assert take(shop, 1)[0].number > 1
