"""The pages: anybody with the code answers, figures are for all, low ratings for the head."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from tinhso.kernel.cases.models import Case
from tinhso.modules.satisfaction import actions
from tinhso.modules.satisfaction.models import Invitation, Rating
from tinhso.modules.satisfaction.tests.factories import Rated

pytestmark = pytest.mark.django_db


def _invited(rated: Rated) -> Invitation:
    return actions.invite(case_id=rated.case().pk, at=timezone.now())


def _signed_in(rated: Rated, who: str) -> Client:
    browser = Client()
    browser.force_login(rated.accounts[who])
    return browser


def test_the_link_asks_takes_one_answer_and_thanks(rated: Rated, client: Client) -> None:
    address = f"/danh-gia/{_invited(rated).code}/"
    asked = client.get(address)
    assert "Việc giải quyết hồ sơ thế nào?" in asked.content.decode()
    assert asked["X-Robots-Tag"] == "noindex"
    assert not Rating.objects.exists()
    answered = client.post(address, {"level": "0", "reasons": ["late", "system"], "c-attitude": "1", "comment": "Chậm"})
    assert answered.status_code == 302
    rating = Rating.objects.get()
    assert (rating.level, rating.reasons, rating.points, rating.comment, rating.way) == (
        0, ["late", "system"], {"attitude": 1}, "Chậm", "link"
    )  # fmt: skip
    assert "Cảm ơn bạn đã đánh giá" in client.get(address).content.decode()


def test_an_answer_without_a_level_comes_back_with_what_was_typed(rated: Rated, client: Client) -> None:
    address = f"/danh-gia/{_invited(rated).code}/"
    page = client.post(address, {"comment": "Cán bộ nhiệt tình", "c-attitude": "2"})
    text = page.content.decode()
    assert page.status_code == 422
    assert "Chọn một mức hài lòng." in text
    assert "Cán bộ nhiệt tình" in text
    assert not Rating.objects.exists()


def test_a_wrong_code_and_a_closed_survey_say_so(rated: Rated, client: Client) -> None:
    assert client.get("/danh-gia/khong-co-ma-nay/").status_code == 404
    invitation = actions.invite(case_id=rated.case().pk, at=timezone.now() - timedelta(days=60))
    assert "Khảo sát đã đóng." in client.get(f"/danh-gia/{invitation.code}/").content.decode()
    assert client.post(f"/danh-gia/{invitation.code}/", {"level": "1"}).status_code == 422
    assert not Rating.objects.exists()


def test_figures_are_public_with_their_counts_and_few_answers_stay_untold(rated: Rated, client: Client) -> None:
    for level in "2211":
        actions.rate(code=_invited(rated).code, level=level, points={}, reasons=[], comment="", way="link",  # type: ignore[arg-type]
                     at=timezone.now())  # fmt: skip
    text = client.get("/muc-do-hai-long/").content.decode()
    assert "chưa đủ" in text
    assert "<b>–</b>" in text
    actions.rate(code=_invited(rated).code, level="0", points={}, reasons=[], comment="", way="link",  # type: ignore[arg-type]
                 at=timezone.now())  # fmt: skip
    assert "<b>80,0%</b>" in client.get("/muc-do-hai-long/").content.decode()
    lines = client.get("/muc-do-hai-long/du-lieu.csv").content.decode("utf-8-sig").splitlines()
    assert lines[0].startswith("don_vi,so_moi,so_tra_loi")
    assert lines[1].split(",")[1:4] == ["5", "5", "80.0"]


def test_the_pages_cost_the_same_however_many_have_answered(
    rated: Rated, client: Client, django_assert_max_num_queries: object
) -> None:
    for _one in range(3):
        actions.rate(code=_invited(rated).code, level="1", points={"attitude": "1"}, reasons=[], comment="",
                     way="link", at=timezone.now())  # type: ignore[arg-type]  # fmt: skip
    client.get("/muc-do-hai-long/")
    with django_assert_max_num_queries(8):  # type: ignore[operator]
        client.get("/muc-do-hai-long/")


def test_only_officials_with_the_right_see_the_unit_and_only_heads_its_low_ratings(rated: Rated) -> None:
    actions.rate(code=_invited(rated).code, level="0", points={}, reasons=["late"], comment="Chậm quá", way="link",  # type: ignore[arg-type]
                 at=timezone.now())  # fmt: skip
    seen = {who: _signed_in(rated, who).get("/lam-viec/hai-long/") for who in rated.accounts}
    assert {who: page.status_code for who, page in seen.items()} == {
        "lan": 403, "minh": 403, "handler": 403, "head": 200, "neighbour": 200, "reader": 200
    }  # fmt: skip
    shown = {who for who, page in seen.items() if "Chậm quá" in page.content.decode()}
    assert shown == {"head"}


def test_the_head_writes_what_was_done_and_nothing_typed_is_lost(rated: Rated) -> None:
    actions.rate(code=_invited(rated).code, level="0", points={}, reasons=[], comment="", way="link", at=timezone.now())  # type: ignore[arg-type]
    rating = Rating.objects.get()
    head, address = _signed_in(rated, "head"), f"/lam-viec/hai-long/{rating.pk}/khac-phuc/"
    assert head.post(address, {"remedy": " "}).status_code == 422
    assert _signed_in(rated, "neighbour").post(address, {"remedy": "x"}).status_code == 404
    assert _signed_in(rated, "reader").post(address, {"remedy": "x"}).status_code == 403
    assert Rating.objects.get().remedy == ""
    assert head.post(address, {"remedy": "Đã gọi xin lỗi"}).status_code == 302
    assert Rating.objects.get().remedy == "Đã gọi xin lỗi"


def test_the_counter_opens_the_survey_of_a_returned_dossier(rated: Rated) -> None:
    invitation = _invited(rated)
    clerk = _signed_in(rated, "handler")
    found = clerk.post("/lam-viec/hai-long/tai-quay/", {"number": invitation.case.number.lower()})
    assert (found.status_code, found["Location"]) == (302, f"/danh-gia/{invitation.code}/?kenh=quay")
    assert clerk.post("/lam-viec/hai-long/tai-quay/", {"number": "H53.201-000000-0000"}).status_code == 422
    clerk.post(found["Location"], {"level": "1"})
    assert Rating.objects.get().way == "counter"


def test_the_applicants_page_of_a_case_invites_and_nobody_elses_does(rated: Rated) -> None:
    invitation = _invited(rated)
    address = f"/ho-so/phan/hai-long/{invitation.case_id}/"
    htmx = {"HX-Request": "true"}
    assert invitation.code in _signed_in(rated, "lan").get(address, headers=htmx).content.decode()
    assert _signed_in(rated, "lan").get(address)["Location"] == f"/danh-gia/{invitation.code}/"
    assert _signed_in(rated, "minh").get(address, headers=htmx).content == b""
    assert Case.objects.get(pk=invitation.case_id).owner_id == rated.accounts["lan"].pk
