"""What makes sending twice harmless leads nobody to what others sent: a key can be guessed where a channel counts."""

from __future__ import annotations

import pytest
from django.test import Client
from tests.questions.test_portal import said as asked

from tinhso.modules.field_reports.models import Report
from tinhso.modules.field_reports.portal import filing
from tinhso.modules.field_reports.tests import factories as reports
from tinhso.modules.questions.models import Question
from tinhso.modules.questions.tests import factories as questions

pytestmark = [pytest.mark.slow, pytest.mark.django_db]
OF_A_CHANNEL = "zalo-tay-ninh/1234"  # the line and the number of a message


@pytest.mark.parametrize("by_outbox", [False, True])
def test_a_form_that_names_a_message_of_another_becomes_a_report_of_its_own(client: Client, by_outbox: bool) -> None:
    world = reports.world()
    message = reports.filed(world, request_key=OF_A_CHANNEL)
    form = {"text": reports.WORDS, "category": "KH99", "address": "Trước chợ", "request_key": OF_A_CHANNEL}
    headers = {"Idempotency-Key": OF_A_CHANNEL} if by_outbox else {}
    answers = [client.post("/phan-anh/gui/", form, headers=headers) for _ in range(2)]
    led = {answer.json()["url"] if by_outbox else answer["Location"] for answer in answers}
    assert len(led) == 1
    assert message.case.lookup_key not in led.pop()
    assert Report.objects.count() == 2


def test_refused_forms_are_counted_too(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """Reading photos costs; without a count who sends refused ones could have it done for nothing."""
    reports.world()
    monkeypatch.setattr(filing, "FROM_ONE_PLACE", (2, 3600))
    answers = [
        client.post("/phan-anh/gui/", {"text": "ngắn"}, headers={"Idempotency-Key": f"a-refused-form-{number}"})
        for number in range(1, 4)
    ]
    assert [answer.status_code for answer in answers] == [422, 422, 429]
    assert answers[-1]["Retry-After"] == "1800"
    assert Report.objects.count() == 0


def test_a_question_that_names_a_message_of_another_is_one_of_its_own(client: Client) -> None:
    world = questions.build()
    message = questions.asked(world, request_key=OF_A_CHANNEL)
    sent = {client.post("/hoi-dap/hoi/", asked(world, request_key=OF_A_CHANNEL))["Location"] for _ in range(2)}
    assert len(sent) == 1
    assert message.case.lookup_key not in sent.pop()
    assert Question.objects.count() == 2
    questions.forget()
