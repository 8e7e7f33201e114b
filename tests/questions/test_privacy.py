"""Planted names and numbers: nobody but officials meets them, on no public page of questions and in no feed."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tinhso.modules.questions.portal import routes
from tinhso.modules.questions.tests import factories as make

pytestmark = pytest.mark.django_db
NAME, PHONE, EMAIL, CARD = "Trịnh Thị Hoài Mẫu", "0987 654 321", "mau.trinh@vidu.vn", "079 188 001 234"
PLANTED = (NAME, "Hoài Mẫu", "987654321", "mau.trinh", "079188001234")
WORDS = f"Tôi là {NAME}, số {PHONE}, làm khai sinh cần gì?"
TEXT = f"Nhà tôi, {NAME}, thẻ {CARD}, thư {EMAIL}, gọi {PHONE}."


def holds(content: bytes, word: str) -> bool:
    """Also without the blanks, dots and dashes that numbers are written with."""
    text = content.decode("utf-8", "replace")
    return word in text or word in re.sub(r"[\s.\-]", "", text)


@pytest.fixture
def planted():
    """One question that is late and screened, one that is answered for everybody; both say everything everywhere."""
    world = make.build()
    past = timezone.now() - timedelta(days=30)
    told: dict[str, Any] = {"text": TEXT, "name": NAME, "phone": PHONE, "email": EMAIL}
    yield (
        make.screened(world, WORDS, at=past, **told),
        make.published(world, WORDS, at=timezone.now() - timedelta(hours=6), hides_name=False, **told),
    )
    make.forget()


def addresses(late: Any, answered: Any) -> list[str]:
    given = {"number": late.case.number, "answer_id": answered.pk, "code": "1.001193", "place": 1, "key": "x"}
    paths = [
        reverse(f"questions:{one.name}", kwargs={name: given[name] for name in one.pattern.converters})
        for one in routes
    ]
    return [
        *paths,
        "/hoi-dap/?q=khai+sinh",
        "/hoi-dap/goi-y/?title=lam+khai+sinh",
        f"/tra-cuu/?ma={late.case.number}",
        f"/tim-kiem/?q={late.case.number}",
        "/tim-kiem/?q=khai+sinh",
        "/thong-ke/",
    ]


def test_no_public_page_of_questions_tells_who_asked(planted):
    seen = 0
    for path in addresses(*planted):
        for headers in ({}, {"HX-Request": "true"}):
            answer = Client().get(path, headers=headers)
            assert answer.status_code in (200, 302, 404, 405), path
            seen += planted[1].title.encode() in answer.content
            for word in PLANTED:
                assert not holds(answer.content, word), (path, word)
    assert seen >= 4  # it was there to be seen


@pytest.mark.parametrize("words", [NAME, PHONE, EMAIL, CARD])
def test_searching_for_a_person_finds_no_question(planted, words):
    for path in ("/hoi-dap/", "/tim-kiem/"):
        page = Client().get(path, {"q": words}).content.decode()
        assert planted[0].case.number not in page
        assert f"/hoi-dap/cau/{planted[1].pk}/" not in page
