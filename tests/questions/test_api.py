"""Questions for programs: answers for everybody, asking and following with a key."""

from __future__ import annotations

import json

import pytest
from django.test import Client

from tinhso.kernel.testing import people
from tinhso.modules.questions.models import Question
from tinhso.modules.questions.tests import factories as make

pytestmark = pytest.mark.django_db
ROOT = "/api/v1/questions/"


@pytest.fixture
def world():
    yield make.build()
    make.forget()


def sent(client: Client, key: str = "mot-cau-hoi-qua-api", **more):
    said = {"title": make.WORDS, "text": "Vợ chồng tôi ở trọ.", "field": "ho-tich"} | more
    return client.post(ROOT, json.dumps(said), "application/json", headers={"Idempotency-Key": key})


@pytest.fixture
def lan():
    client = Client()
    client.force_login(people.citizen("lan"))
    return client


def test_a_program_finds_and_reads_answers_without_a_key(world, client):
    answer = make.kept(world, make.WORDS, procedure_code="1.001193")
    (line,) = client.get(f"{ROOT}answers/?q=lam+khai+sinh").json()["items"]
    assert (line["id"], line["title"], line["unit"]) == (answer.pk, make.WORDS, "Phường Tân Ninh")
    full = client.get(f"{ROOT}answers/{answer.pk}").json()
    assert (full["text"], full["procedure"]) == (make.ANSWER, "1.001193")
    assert full["references"] == [{"number": "60/2014/QH13", "place": "Điều 16"}]
    assert client.get(f"{ROOT}answers/{answer.pk + 1}").status_code == 404


def test_a_question_sent_twice_is_one_and_its_asker_follows_it(world, lan):
    first, again = sent(lan), sent(lan)
    assert (first.status_code, again.json()) == (201, first.json())
    assert Question.objects.count() == 1
    assert lan.get(f"{ROOT}{first.json()['number']}").json()["state"] == "received"


def test_others_do_not_find_it(world, lan, client):
    number = sent(lan).json()["number"]
    assert client.get(f"{ROOT}{number}").status_code == 401
    client.force_login(people.citizen("minh"))
    assert client.get(f"{ROOT}{number}").status_code == 404


def test_without_signing_in_nothing_is_asked(world, client):
    assert sent(client).status_code == 401
    assert Question.objects.count() == 0


@pytest.mark.parametrize(("more", "field"), [({"title": "ngắn"}, "title"), ({"field": "la"}, "field")])
def test_what_is_missing_is_told_by_field_and_nothing_is_kept(world, lan, more, field):
    refused = sent(lan, **more)
    assert refused.status_code == 422
    assert field in refused.content.decode()
    assert Question.objects.count() == 0
