from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from django.db import connection, transaction

from tinhso.kernel.cases.models import Case
from tinhso.kernel.people.queries import actor_of
from tinhso.shell.inbox.actions import take_next
from tinhso.shell.tests.factories import AT, official, parcel, pause, province, unit


@pytest.mark.django_db
def test_the_most_urgent_free_case_of_my_unit_becomes_mine():
    top = province()
    ward, other = unit("XA1", top), unit("XA2", top)
    hanh = official("hanh", ward, "parcels.worker")
    parcel(1, ward, days=9)
    parcel(2, ward, days=3)
    parcel(3, other, days=1)
    pause(parcel(4, ward, days=1))
    parcel(5, ward, days=1, step_kind="sign")
    assert take_next(by=actor_of(hanh), at=AT).number == "T01-000002"
    assert Case.objects.get(number="T01-000002").assignee_id == hanh.pk
    assert Case.objects.filter(assignee__isnull=False).count() == 1


@pytest.mark.django_db
def test_a_case_that_its_module_does_not_give_is_passed_over():
    ward = unit()
    parcel(1, ward, days=1, title="Không ai nhận được")
    parcel(2, ward, days=3)
    hanh = official("hanh", ward, "parcels.worker")
    assert take_next(by=actor_of(hanh), at=AT).number == "T01-000002"
    assert Case.objects.get(number="T01-000001").assignee_id is None


@pytest.mark.django_db
def test_without_the_right_to_work_nothing_is_taken():
    ward = unit()
    parcel(1, ward)
    assert take_next(by=actor_of(official("hanh", ward, "parcels.reader")), at=AT) is None
    assert Case.objects.filter(assignee__isnull=False).count() == 0


@pytest.mark.django_db
def test_the_button_opens_the_case_and_says_when_none_is_left(client):
    ward = unit()
    parcel(1, ward)
    client.force_login(official("hanh", ward, "parcels.worker"))
    assert client.post("/lam-viec/viec/nhan-tiep/")["Location"] == "/lam-viec/viec/T01-000001/xem/"
    assert "Không còn việc nào" in client.post("/lam-viec/viec/nhan-tiep/", follow=True).content.decode()
    assert client.get("/lam-viec/viec/nhan-tiep/").status_code == 405


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_two_who_press_together_get_two_cases():
    ward = unit()
    actors = [actor_of(official(name, ward, "parcels.worker")) for name in ("hanh", "tuan")]
    for number in (1, 2):
        parcel(number, ward, at=AT + timedelta(minutes=number))
    both, got = threading.Barrier(2, timeout=10), []

    def press(actor):
        with transaction.atomic():
            got.append(take_next(by=actor, at=AT).number)
            both.wait()
        connection.close()

    threads = [threading.Thread(target=press, args=[actor]) for actor in actors]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert sorted(got) == ["T01-000001", "T01-000002"]
