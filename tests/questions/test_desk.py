"""Officials' pages: one question through its decisions, the library, sources, routing; who may not see them."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tinhso.kernel.cases.models import Case
from tinhso.kernel.journal.models import View
from tinhso.kernel.testing import people
from tinhso.kernel.testing.jobs import run_jobs
from tinhso.modules.questions.models import Answer, LegalSource, Question, RoutingEdition
from tinhso.modules.questions.tests import factories as make
from tinhso.shell.inbox.actions import take_next

pytestmark = pytest.mark.django_db
HOSTILE = "<script>alert(1)</script>"


@pytest.fixture
def world():
    yield make.build()
    make.forget()


def browsing(client, world, name):
    client.force_login(world.officials[name])
    return client


def act(client, question, verb, **said):
    return client.post(f"/lam-viec/hoi-dap/{question.case.number}/viec/{verb}/", said)


def test_a_question_goes_through_the_pages_from_asking_to_publishing(world, client):
    question = make.asked(world)
    page = browsing(client, world, "screener").get(f"/lam-viec/hoi-dap/{question.case.number}/")
    assert "Tiếp nhận, chuyển đơn vị" in page.text
    assert "0912345678" in page.text.replace("+84", "0")
    assert View.objects.filter(case_id=question.pk).count() == 1
    done = act(client, question, "tiep-nhan", field="ho-tich", unit=world.province.commune.pk, level="plain",
               shown_title=make.WORDS)  # fmt: skip
    assert done.status_code == 302
    browsing(client, world, "writer")
    assert act(client, question, "nhan").status_code == 302
    sent = act(client, question, "trinh", shown_title=make.WORDS, draft=make.ANSWER, valid_as_of="16/11/2026",
               **{"reference-1": "60/2014/QH13", "place-1": "Điều 16"})  # fmt: skip
    assert sent.status_code == 302
    browsing(client, world, "approver")
    assert "Duyệt, công bố" in client.get(f"/lam-viec/hoi-dap/{question.case.number}/").text
    assert act(client, question, "cong-bo").status_code == 302
    answer = Answer.objects.get()
    assert client.get(f"/hoi-dap/cau/{answer.pk}/").status_code == 200
    assert Case.objects.get().state == "published"


def test_what_is_missing_is_said_and_what_was_written_stays(world, client):
    question = make.screened(world)
    page = act(browsing(client, world, "writer"), question, "trinh", shown_title=make.WORDS, draft=make.ANSWER)
    assert page.status_code == 422
    assert make.ANSWER in page.text
    assert "Nêu ít nhất một căn cứ" in page.text
    assert Question.objects.get().draft == ""


def test_others_do_not_find_a_question_of_this_unit(world, client):
    question = make.asked(world)
    address = f"/lam-viec/hoi-dap/{question.case.number}/"
    assert client.get(address).status_code == 302
    client.force_login(people.citizen("lan"))
    assert client.get(address).status_code == 403
    assert browsing(client, world, "outsider").get(address).status_code == 404
    assert act(client, question, "nhan").status_code == 404
    client.force_login(people.official("newcomer", world.province.commune))
    assert client.get(address).status_code == 403


def test_a_page_offers_only_what_the_actions_take(world, client):
    question = make.approving(world)
    text = browsing(client, world, "writer").get(f"/lam-viec/hoi-dap/{question.case.number}/").text
    assert "cong-bo" not in text
    assert act(client, question, "cong-bo").status_code == 403
    assert act(client, question, "khong-co").status_code == 404


def test_similar_questions_that_wait_are_answered_together(world, client):
    answer = make.kept(world, "Đăng ký khai sinh cần giấy tờ gì?")
    first, second = make.screened(world), make.screened(world, "Khai sinh cho con phải có giấy tờ nào?")
    page = browsing(client, world, "writer").get(f"/lam-viec/hoi-dap/{first.case.number}/")
    assert [one.case_id for one in page.context["similar"]] == [second.pk]
    act(client, first, "gop", answer=answer.pk, also=second.pk)
    assert {one.state for one in Case.objects.all()} == {"merged"}
    assert "Chọn một câu trả lời" in act(client, make.screened(world), "gop").text


def test_the_next_free_question_is_taken_from_the_inbox_and_none_before_it_was_screened(world):
    make.asked(world)
    screened = make.screened(world)
    by = world.actor("writer")
    assert take_next(by=by, at=make.MONDAY).pk == screened.pk
    assert take_next(by=by, at=make.MONDAY) is None
    assert Case.objects.get(pk=screened.pk).assignee_id == by.account_id


def test_hostile_text_of_a_citizen_stays_text(world, client):
    question = make.asked(world, f"Hỏi {HOSTILE}", text=HOSTILE, name=f"Lan {HOSTILE}")
    for path in ("", "xem-nhanh/"):
        page = browsing(client, world, "screener").get(f"/lam-viec/hoi-dap/{question.case.number}/{path}")
        assert page.status_code == 200
        assert "<script>alert" not in page.text


def test_the_library_shows_what_is_to_be_looked_at_and_mends_it(world, client):
    answer = make.kept(world, "Khai sinh ở đâu?")
    make.kept(world, "Khai tử ở đâu?")
    source = LegalSource.objects.get()
    browsing(client, world, "keeper")
    page = client.post(f"/lam-viec/hoi-dap/can-cu/{source.pk}/thay-the/", {"replaced_by": ""})
    assert (page.status_code, LegalSource.objects.count()) == (422, 1)
    client.post(f"/lam-viec/hoi-dap/can-cu/{source.pk}/thay-the/", {"replaced_by": "99/2026/QH15"})
    run_jobs()
    assert "thay bằng 99/2026/QH15" in client.get("/lam-viec/hoi-dap/can-cu/").text
    browsing(client, world, "approver")
    listed = client.get("/lam-viec/hoi-dap/thu-vien/?loc=ra-soat")
    assert listed.text.count("Căn cứ pháp lý đã được thay thế") == 2
    said = {"shown_title": "Đăng ký khai sinh ở đâu?", "draft": make.ANSWER, "reference-1": "99/2026/QH15",
            "revision": "1"}  # fmt: skip
    assert client.post(f"/lam-viec/hoi-dap/thu-vien/{answer.pk}/", said).status_code == 302
    assert client.post(f"/lam-viec/hoi-dap/thu-vien/{answer.pk}/", said).status_code == 409
    assert client.post(f"/lam-viec/hoi-dap/thu-vien/{answer.pk}/xac-nhan/").status_code == 302
    assert (
        client.post(f"/lam-viec/hoi-dap/thu-vien/{answer.pk}/go/", {"reason_text": "Không còn đúng"}).status_code == 302
    )
    answer.refresh_from_db()
    assert (answer.state, answer.title) == ("withdrawn", "Đăng ký khai sinh ở đâu?")


def test_who_only_writes_reads_the_library_and_changes_nothing(world, client):
    answer = make.kept(world, "Khai sinh ở đâu?")
    browsing(client, world, "writer")
    assert (
        "<form" not in client.get(f"/lam-viec/hoi-dap/thu-vien/{answer.pk}/").text.partition('class="stack gap-4"')[2]
    )
    assert client.post(f"/lam-viec/hoi-dap/thu-vien/{answer.pk}/", {}).status_code == 403
    assert client.get("/lam-viec/hoi-dap/can-cu/").status_code == 403
    assert client.get("/lam-viec/hoi-dap/phan-luong/").status_code == 403
    assert browsing(client, world, "outsider").get(f"/lam-viec/hoi-dap/thu-vien/{answer.pk}/").status_code == 404


def test_a_routing_is_published_from_a_day_on(world, client):
    browsing(client, world, "keeper")
    page = client.get("/lam-viec/hoi-dap/phan-luong/")
    said = {f"unit-{row['code']}": row["unit"] for row in page.context["rows"]}
    said |= {"days-plain": "4", "days-complex": "8", "days-several": "12", "unit-giao-thong": "stc"}
    assert client.post("/lam-viec/hoi-dap/phan-luong/", said).status_code == 422
    wrong = client.post("/lam-viec/hoi-dap/phan-luong/", {**said, "valid_from": "01/12/2099", "unit-giao-thong": "xx"})
    assert "Không có đơn vị mã xx" in wrong.text
    done = client.post(
        "/lam-viec/hoi-dap/phan-luong/",
        {**said, "valid_from": "01/12/2099", "name-new": "Chuyện nhà", "unit-new": "stp"},
    )
    assert done.status_code == 302
    edition = RoutingEdition.objects.order_by("-number").first()
    assert (edition.number, edition.content["days"]["plain"], len(edition.content["fields"])) == (2, 4, 18)
    assert edition.content["fields"][-1] == {"code": "chuyen-nha", "name": "Chuyện nhà", "unit": "stp"}


def test_the_page_of_a_question_costs_the_same_however_many_wait(world, client):
    question = make.screened(world)
    address = f"/lam-viec/hoi-dap/{question.case.number}/"
    browsing(client, world, "writer")

    def cost():
        client.get(address)
        with CaptureQueriesContext(connection) as seen:
            client.get(address)
        return len(seen)

    first = cost()
    for number in range(6):
        make.screened(world, f"Khai sinh lần {number} cần giấy tờ gì?")
    assert cost() <= first <= 16
