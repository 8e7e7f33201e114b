"""Against a mail server that really listens."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from django.db import connection, transaction
from procrastinate.contrib.django.models import ProcrastinateJob

from tinhso.kernel.notices import actions
from tinhso.kernel.notices.jobs import NotSent, deliver, take_up
from tinhso.kernel.notices.models import Delivery
from tinhso.kernel.notices.rules import Sending
from tinhso.kernel.notices.tests import factories
from tinhso.kernel.notices.tests.factories import AT


@pytest.fixture
def box(settings):
    with factories.postbox() as box:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", box.port, 0.5
        settings.DEFAULT_FROM_EMAIL = "Tỉnh Số <khong-tra-loi@tinh.test>"
        settings.BASE_URL = "https://dichvu.tinh.test"
        yield box


def told() -> Delivery:
    lan = factories.account()
    actions.tell(
        account_id=lan.pk,
        kind="dossier.asked",
        title="Cần bổ sung hồ sơ",
        body="Bổ sung <bản sao> trước 10/3.",
        url="/ho-so/1/",
        dedupe="entry/1",
        at=AT,
    )
    return Delivery.objects.get()


def state_of(delivery: Delivery) -> tuple[str, int, str]:
    delivery.refresh_from_db()
    return delivery.state, delivery.attempts, delivery.last_error


@pytest.mark.django_db
def test_a_message_arrives_with_its_words_and_a_link_to_this_site(box):
    delivery = told()
    deliver(delivery_id=delivery.pk)
    assert state_of(delivery) == ("sent", 1, "")
    (message,) = box.got
    assert message["Subject"] == "Cần bổ sung hồ sơ"
    assert message["To"] == "lan@example.test"
    assert message["From"].addresses[0].addr_spec == "khong-tra-loi@tinh.test"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Message-ID"].startswith(f"<thong-bao.{delivery.pk}.")
    assert message["Message-ID"].endswith("@tinh.test>")
    text = message.get_body(("plain",)).get_content()
    assert "Kính gửi Nguyễn Thị Lan," in text
    assert "Bổ sung <bản sao> trước 10/3." in text
    assert "https://dichvu.tinh.test/ho-so/1/" in text
    page = message.get_body(("html",)).get_content()
    assert "Bổ sung &lt;bản sao&gt; trước 10/3." in page
    assert '<a href="https://dichvu.tinh.test/ho-so/1/">' in page
    assert "style=" not in page


@pytest.mark.django_db
def test_a_message_that_went_out_is_not_sent_again(box):
    delivery = told()
    deliver(delivery_id=delivery.pk)
    deliver(delivery_id=delivery.pk)
    assert len(box.got) == 1
    assert state_of(delivery) == ("sent", 1, "")


@pytest.mark.django_db
@pytest.mark.parametrize("command", ["MAIL", "RCPT", "DATA"])
def test_a_server_that_is_busy_is_asked_again_and_then_takes_the_message_once(box, command):
    delivery = told()
    box.answers.append((command, "451 come again"))
    with pytest.raises(NotSent):
        deliver(delivery_id=delivery.pk)
    state, attempts, error = state_of(delivery)
    assert (state, attempts) == ("failed", 1)
    assert "come again" in error
    assert box.got == []
    deliver(delivery_id=delivery.pk)
    assert state_of(delivery) == ("sent", 2, "")
    assert len(box.got) == 1


@pytest.mark.django_db
def test_an_address_that_the_server_refuses_for_good_is_given_up(box):
    delivery = told()
    box.answers.append(("RCPT", "550 no such person"))
    deliver(delivery_id=delivery.pk)
    state, attempts, error = state_of(delivery)
    assert (state, attempts) == ("given_up", 1)
    assert "no such person" in error
    deliver(delivery_id=delivery.pk)
    assert box.got == []


@pytest.mark.django_db
def test_after_eight_tries_a_message_is_given_up(box):
    delivery = told()
    box.answers += [("RCPT", "451 come again")] * 8
    for _ in range(7):
        with pytest.raises(NotSent):
            deliver(delivery_id=delivery.pk)
    deliver(delivery_id=delivery.pk)
    assert state_of(delivery)[:2] == ("given_up", 8)


@pytest.mark.django_db
@pytest.mark.slow
def test_a_server_that_says_nothing_does_not_hold_the_job_for_ever(box):
    delivery = told()
    box.silent = True
    with pytest.raises(NotSent):
        deliver(delivery_id=delivery.pk)
    assert state_of(delivery)[:2] == ("failed", 1)
    box.silent = False
    deliver(delivery_id=delivery.pk)
    assert state_of(delivery)[:2] == ("sent", 2)


@pytest.mark.django_db
def test_without_a_server_the_message_waits_for_the_next_try(box, settings):
    delivery = told()
    settings.EMAIL_PORT = 1
    with pytest.raises(NotSent):
        deliver(delivery_id=delivery.pk)
    state, attempts, error = state_of(delivery)
    assert (state, attempts) == ("failed", 1)
    assert error.startswith("ConnectionRefusedError")


@pytest.mark.django_db
def test_a_repeat_after_a_crash_carries_the_same_message_id_and_date(box):
    """The server said yes and the program died before writing that down: the row still waits."""
    delivery = told()
    for _ in range(2):
        Delivery.objects.update(state="waiting", sent_at=None)
        deliver(delivery_id=delivery.pk)
    first, second = box.got
    assert first["Message-ID"] == second["Message-ID"]
    assert first["Date"] == second["Date"] == "Mon, 02 Mar 2026 01:30:00 +0000"


@pytest.mark.django_db(transaction=True)
@pytest.mark.slow
def test_two_jobs_at_once_send_one_message(box):
    delivery = told()
    results: list[Sending | None] = []

    def work() -> None:
        try:
            results.append(actions.send(delivery_id=delivery.pk, at=AT))
        finally:
            connection.close()

    workers = [threading.Thread(target=work) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert sorted(results, key=str) == [None, None, None, Sending.SENT]
    assert len(box.got) == 1


@pytest.mark.django_db(transaction=True)
def test_a_job_that_finds_the_message_in_other_hands_leaves_it_alone(box):
    delivery = told()
    with transaction.atomic():
        Delivery.objects.select_for_update().get(pk=delivery.pk)
        results = []

        def work() -> None:
            results.append(actions.send(delivery_id=delivery.pk, at=AT))
            connection.close()

        other = threading.Thread(target=work)
        other.start()
        other.join()
    assert results == [None]
    assert state_of(delivery) == ("waiting", 0, "")


@pytest.mark.django_db
def test_messages_that_still_wait_after_a_day_are_queued_again(box):
    delivery = told()
    take_up(timestamp=0)
    assert ProcrastinateJob.objects.filter(task_name="notices.deliver").count() == 2
    delivery.notice.created_at = AT + timedelta(days=36500)
    delivery.notice.save()
    take_up(timestamp=0)
    assert ProcrastinateJob.objects.filter(task_name="notices.deliver").count() == 2
