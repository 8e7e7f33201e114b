"""Messages between applicant and officials: outside decisions, outside the clock, out of everybody else's sight."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client

from tinhso.kernel.cases.models import Case, Promise
from tinhso.kernel.errors import NotAllowed, Refusal
from tinhso.kernel.journal.models import Entry
from tinhso.kernel.journal.queries import said
from tinhso.kernel.notices.models import Notice
from tinhso.kernel.testing.jobs import run_jobs
from tinhso.kernel.testing.lasting import lasting
from tinhso.modules.dossiers import actions
from tinhso.modules.dossiers.models import Dossier, Message
from tinhso.modules.dossiers.rules import MOST_UNANSWERED, NEWS_OF_MESSAGE
from tinhso.modules.dossiers.tests.factories import Office, after, everything

pytestmark = pytest.mark.django_db
ASKED = "Ông/bà cho biết số nhà cũ có phải 12A không?"
ANSWERED = "Dạ đúng, nhà tôi trước đây là số 12A."


@pytest.fixture(scope="module")
def made(django_db_setup: None, django_db_blocker: Any) -> Iterator[Office]:
    with lasting(django_db_blocker):
        yield Office()


@pytest.fixture
def office(made: Office, db: None) -> Office:
    return made


def send(office: Office, dossier: Dossier, who: str, text: str, key: str = "k1", hours: float = 3) -> Message:
    return actions.send_message(
        dossier_id=dossier.pk, text=text, request_key=key, by=office.actor(who), at=after(hours=hours)
    )


def browser(office: Office, who: str) -> Client:
    client = Client()
    client.force_login(office.accounts[who])
    return client


def test_both_sides_write_and_neither_clock_nor_state_minds(office: Office) -> None:
    dossier = office.at_work()
    before = Case.objects.values("clock", "due_at", "step_due_at", "urgent_at", "state").get(pk=dossier.pk)
    send(office, dossier, "handler", ASKED)
    send(office, dossier, "lan", ANSWERED, hours=4)
    assert list(dossier.messages.values_list("is_from_applicant", "text")) == [(False, ASKED), (True, ANSWERED)]
    after_it = Case.objects.values("clock", "due_at", "step_due_at", "urgent_at", "state").get(pk=dossier.pk)
    assert after_it == before
    assert Promise.objects.filter(case_id=dossier.pk).count() == 1


def test_the_history_holds_the_seal_of_the_words_and_not_the_words(office: Office) -> None:
    dossier = office.at_work()
    made = send(office, dossier, "handler", ASKED)
    entry = Entry.objects.get(case_id=dossier.pk, verb="dossier.message_applicant")
    told = said(entry)
    assert (told["message"], told["seal"]) == (made.pk, hashlib.sha256(ASKED.encode()).hexdigest())
    assert ASKED not in str(told)


def test_each_side_is_told_that_there_is_a_message_and_not_what_it_says(office: Office) -> None:
    dossier = office.at_work()
    run_jobs()
    Notice.objects.all().delete()
    send(office, dossier, "handler", ASKED)
    send(office, dossier, "lan", ANSWERED)
    run_jobs()
    told = {one.account_id: f"{one.title} {one.body}" for one in Notice.objects.filter(case_id=dossier.pk)}
    assert told.keys() == {office.accounts["lan"].pk, office.accounts["handler"].pk}
    assert not any(words in text for words in (ASKED, ANSWERED) for text in told.values())


def test_with_nobody_at_work_the_official_who_wrote_last_is_told(office: Office) -> None:
    dossier = office.filed()
    send(office, dossier, "clerk", ASKED)
    run_jobs()
    Notice.objects.all().delete()
    send(office, dossier, "lan", ANSWERED)
    run_jobs()
    assert [one.account_id for one in Notice.objects.all()] == [office.accounts["clerk"].pk]


def test_a_message_stands_among_the_news_until_it_is_answered(office: Office) -> None:
    dossier = office.at_work()
    send(office, dossier, "lan", ANSWERED)
    assert Case.objects.get(pk=dossier.pk).news == NEWS_OF_MESSAGE
    send(office, dossier, "handler", ASKED, key="k2")
    assert Case.objects.get(pk=dossier.pk).news == ""


def test_sent_twice_it_is_one_message(office: Office) -> None:
    dossier = office.at_work()
    first, second = send(office, dossier, "lan", ANSWERED), send(office, dossier, "lan", ANSWERED)
    assert (first.pk, Message.objects.filter(dossier=dossier).count()) == (second.pk, 1)
    assert Entry.objects.filter(case_id=dossier.pk, verb="dossier.message_office").count() == 1


@pytest.mark.parametrize("who", ["minh", "neighbour", "registrar"])
def test_who_has_no_part_in_it_may_not_write(office: Office, who: str) -> None:
    dossier = office.at_work()
    before = everything(dossier)
    with pytest.raises(NotAllowed):
        send(office, dossier, who, ASKED)
    assert everything(dossier) == before
    assert not Message.objects.filter(dossier=dossier).exists()


def test_messages_end_with_the_dossier_and_need_somebody_to_read_them(office: Office) -> None:
    ended = office.at_work()
    actions.withdraw(dossier_id=ended.pk, reason="Tôi không cần nữa, xin cảm ơn.", by=office.actor("lan"), at=after(1))
    unread = office.receive()
    Case.objects.filter(pk=unread.pk).update(owner_id=None)
    for dossier, text, code in (
        (ended, ASKED, "dossiers.messages_closed"),
        (unread, ASKED, "dossiers.no_account"),
        (office.at_work(), " ", "dossiers.message_empty"),
    ):
        before = everything(dossier)
        with pytest.raises(Refusal) as refused:
            send(office, dossier, "clerk", text)
        assert refused.value.code == code
        assert everything(dossier) == before


def test_an_applicant_waits_for_an_answer_after_ten_messages(office: Office) -> None:
    dossier = office.at_work()
    for number in range(MOST_UNANSWERED):
        send(office, dossier, "lan", ANSWERED, key=f"k{number}")
    with pytest.raises(Refusal) as refused:
        send(office, dossier, "lan", ANSWERED, key="more")
    assert refused.value.code == "dossiers.messages_enough"
    page = browser(office, "lan").get(f"/ho-so/trao-doi/{dossier.pk}/").content.decode()
    assert "đang chờ trả lời" in page
    assert "<textarea" not in page
    send(office, dossier, "handler", ASKED)
    send(office, dossier, "lan", ANSWERED, key="more")
    assert dossier.messages.count() == MOST_UNANSWERED + 2


def test_the_pages_show_the_words_to_both_sides_only(office: Office) -> None:
    dossier = office.at_work()
    send(office, dossier, "handler", ASKED)
    number, key = dossier.case.number, Case.objects.get(pk=dossier.pk).lookup_key
    for who, path in (
        ("lan", f"/ho-so/trao-doi/{dossier.pk}/"),
        ("handler", f"/lam-viec/ho-so/trao-doi/{dossier.pk}/"),
    ):
        assert ASKED in browser(office, who).get(path).content.decode()
        part = browser(office, who).get(path, headers={"HX-Request": "true"}).content.decode()
        assert part.startswith("<section")
    for who, path, status in (
        ("minh", f"/ho-so/trao-doi/{dossier.pk}/", 404),
        ("handler", f"/ho-so/trao-doi/{dossier.pk}/", 404),
        ("neighbour", f"/lam-viec/ho-so/trao-doi/{dossier.pk}/", 404),
        ("lan", f"/lam-viec/ho-so/trao-doi/{dossier.pk}/", 403),
    ):
        assert browser(office, who).get(path).status_code == status
    looked_up = Client().get(f"/tra-cuu/{number}/{key}/").content.decode()
    assert number in looked_up
    assert ASKED not in looked_up
    assert "nhắn" not in looked_up


def test_writing_from_the_pages_leads_back_to_the_dossier(office: Office) -> None:
    dossier = office.at_work()
    number = dossier.case.number
    answer = browser(office, "lan").post(f"/ho-so/trao-doi/{dossier.pk}/", {"text": ANSWERED, "request_key": "a"})
    assert answer["Location"] == f"/ho-so/{number}/#trao-doi"
    answer = browser(office, "handler").post(f"/lam-viec/ho-so/trao-doi/{dossier.pk}/", {"text": ASKED})
    assert answer["Location"] == f"/lam-viec/ho-so/{number}/#trao-doi"
    assert dossier.messages.count() == 2
    for who, path in (
        ("lan", f"/ho-so/trao-doi/{dossier.pk}/"),
        ("handler", f"/lam-viec/ho-so/trao-doi/{dossier.pk}/"),
    ):
        empty = browser(office, who).post(path, {"text": " "})
        assert empty.status_code == 422
        assert "Viết nội dung tin nhắn." in empty.content.decode()
    assert dossier.messages.count() == 2
