"""The public's pages: asking without an account, suggestions, one's own question, answers, votes, who stays silent."""

from __future__ import annotations

import base64
import re
from datetime import date, timedelta
from xml.etree import ElementTree

import pytest
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from tinhso.kernel.people.queries import actor_of
from tinhso.kernel.people.rules import SYSTEM
from tinhso.kernel.search import shelves
from tinhso.kernel.testing import people
from tinhso.kernel.testing.jobs import run_jobs
from tinhso.modules.field_reports.actions import editions
from tinhso.modules.procedures import actions as procedures
from tinhso.modules.questions.actions import answering, handling
from tinhso.modules.questions.models import Answer, Question, Vote
from tinhso.modules.questions.queries import figures
from tinhso.modules.questions.tests import factories as make

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}
HOSTILE = '<script>alert(1)</script> "><img src=x onerror=alert(2)> {{ 7|add:7 }}'
BIRTH = "1.001193"


PICTURE = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


@pytest.fixture
def texts(settings, tmp_path):
    """The text messages that went out, as the deployment for trying writes them."""
    settings.SMS_GATEWAY, settings.HOME = "file", tmp_path

    def sent():
        run_jobs()
        return [one.read_text() for one in sorted((tmp_path / "sms").glob("*.txt"))]

    return sent


@pytest.fixture
def world():
    yield make.build()
    make.forget()


def said(world, **more):
    return {
        "title": make.WORDS, "text": "Vợ chồng tôi ở trọ.", "field": "ho-tich", "name": "Nguyễn Thị Lan",
        "commune": str(world.province.commune.pk), "phone": "0912345678", "email": "", "hides_name": "1",
        "request_key": "page",
    } | more  # fmt: skip


def test_anybody_asks_and_follows_the_question_by_its_link(world, client):
    sent = client.post("/hoi-dap/hoi/", said(world))
    assert sent.status_code == 302
    page = client.get(sent["Location"])
    assert "Đã nhận câu hỏi của bạn" in page.text
    assert make.WORDS in page.text
    assert page["X-Robots-Tag"] == "noindex"
    again = client.post("/hoi-dap/hoi/", said(world))
    assert (again["Location"], Question.objects.count()) == (sent["Location"], 1)


def test_files_come_with_a_question_for_officials_and_who_asked(world, client):
    files = [SimpleUploadedFile("giấy chứng sinh.png", PICTURE), SimpleUploadedFile("don.png", PICTURE)]
    sent = client.post("/hoi-dap/hoi/", said(world) | {"files": files})
    page = client.get(sent["Location"])
    assert "giấy chứng sinh.png" in page.text
    question = Question.objects.get()
    address = f"/hoi-dap/theo-doi/{question.case.number}/tep/1/"
    kept = client.get(f"{address}?khoa={question.case.lookup_key}")
    assert (b"".join(kept.streaming_content), kept["Content-Type"]) == (PICTURE, "image/png")
    assert client.get(address).status_code == 404
    assert client.get(f"{address}?khoa=falsch").status_code == 404
    desk = f"/lam-viec/hoi-dap/{question.case.number}/"
    client.force_login(world.officials["screener"])
    assert f"{desk}tep/2/" in client.get(desk).text
    assert client.get(f"{desk}tep/2/").status_code == 200
    assert client.get(f"{desk}tep/3/").status_code == 404
    client.force_login(world.officials["outsider"])
    assert client.get(f"{desk}tep/2/").status_code == 404


@pytest.mark.parametrize("content", [b"MZ\x90\x00 program", b"<svg onload=alert(1)>", b"PK\x03\x04bomb", b""])
def test_files_that_are_no_picture_and_no_paper_are_refused_with_the_question(world, client, content):
    page = client.post("/hoi-dap/hoi/", said(world) | {"files": [SimpleUploadedFile("anh.png", content)]})
    assert (page.status_code, Question.objects.count()) == (422, 0)
    assert 'id="files-loi"' in page.text
    assert make.WORDS in page.text


def test_four_files_are_one_too_many(world, client):
    files = [SimpleUploadedFile(f"{n}.png", PICTURE) for n in range(4)]
    page = client.post("/hoi-dap/hoi/", said(world) | {"files": files})
    assert (page.status_code, Question.objects.count()) == (422, 0)
    assert "Gửi tối đa 3 tệp." in page.text


def answered_by_the_commune(world, question):
    handling.screen(
        question_id=question.pk, field="ho-tich", unit_id=world.province.commune.pk, level="plain", shown_title="",
        by=world.actor("screener"), at=make.MONDAY,
    )  # fmt: skip
    writer, pk = world.actor("writer"), question.pk
    handling.draft(question_id=pk, shown_title="", text=make.ANSWER, references=[make.SOURCE], valid_as_of=None,
                   by=writer, at=make.MONDAY)  # fmt: skip
    handling.propose(question_id=pk, by=writer, at=make.MONDAY)
    return answering.publish(question_id=pk, by=world.actor("approver"), at=make.MONDAY)


def test_who_gave_a_mail_address_is_told_there_and_reads_nothing_that_was_typed(world, client):
    question = make.asked(world, "Mua hàng giảm giá ở trang này?", phone="", email="ai.do@vidu.vn")
    answered_by_the_commune(world, question)
    run_jobs()
    said = [(one.to, one.subject) for one in mail.outbox]
    number = question.case.number
    assert said == [
        (["ai.do@vidu.vn"], f"Đã nhận câu hỏi {number}"),
        (["ai.do@vidu.vn"], f"Câu hỏi {number} đã được tiếp nhận"),
        (["ai.do@vidu.vn"], f"Câu hỏi {number} đã được trả lời"),
    ]
    assert not any("giảm giá" in one.body for one in mail.outbox)
    link = re.search(r"https?://[^/]+(/\S+)", mail.outbox[-1].body)[1]
    assert "Đọc câu trả lời" in client.get(link, follow=True).text


def test_who_gave_a_telephone_is_sent_to_the_published_answer(world, texts):
    answer = answered_by_the_commune(world, make.asked(world))
    (text,) = texts()
    assert text.startswith("+84912345678\nCau hoi HD-26-000001 da duoc tra loi.")
    assert f"/hoi-dap/cau/{answer.pk}/" in text
    assert "khoa" not in text


def test_the_look_up_by_code_and_telephone_leads_to_the_question(world, client):
    question = make.asked(world)
    found = client.post("/tra-cuu/", {"code": question.case.number, "digits": "5678"}, follow=True)
    assert make.WORDS in found.text
    assert "Rút câu hỏi này" in found.text


def test_who_asked_takes_the_question_back_by_its_link(client, own):
    page = client.post(own, {"rut": "1"}, follow=True)
    assert "Người hỏi đã rút" in page.text
    assert "Rút câu hỏi này" not in page.text
    assert Question.objects.get().case.state == "withdrawn"
    again = client.post(own, {"rut": "1"})
    assert (again.status_code, "Không thể “Rút câu hỏi”" in again.text) == (422, True)


@pytest.fixture
def own(world):
    """The link of a question that came with a telephone."""
    question = make.asked(world)
    return f"/hoi-dap/theo-doi/{question.case.number}/?khoa={question.case.lookup_key}"


def code_in(sent):
    (text,) = sent
    return re.search(r"(\d{6}) la ma xac nhan", text)[1]


def test_a_code_proves_the_telephone(client, own, texts):
    assert "Gửi mã đến điện thoại" in client.get(own).text
    page = client.get(client.post(own)["Location"])
    assert "Mã 6 chữ số" in page.text
    assert client.post(own, {"code": f" {code_in(texts())} "}).status_code == 302
    assert Question.objects.get().phone_proved_at is not None
    assert "Số điện thoại đã được xác nhận." in client.get(own).text


def test_after_five_wrong_tries_no_code_counts(client, own, texts):
    client.post(own)
    for _ in range(5):
        assert "Mã chưa đúng" in client.post(own, {"code": "abc"}).text
    refused = client.post(own, {"code": code_in(texts())})
    assert (refused.status_code, "Nhập sai quá nhiều lần" in refused.text) == (422, True)
    assert Question.objects.get().phone_proved_at is None


def test_without_the_link_no_code_is_sent(world, client, texts):
    number = make.asked(world).case.number
    assert client.post(f"/hoi-dap/theo-doi/{number}/").status_code == 404
    assert texts() == []


def test_without_its_link_nobody_sees_a_question(world, client):
    number = make.asked(world).case.number
    assert client.get(f"/hoi-dap/theo-doi/{number}/").status_code == 404
    assert client.get(f"/hoi-dap/theo-doi/{number}/?khoa=falsch").status_code == 404
    client.force_login(people.citizen("minh"))
    assert client.get(f"/hoi-dap/theo-doi/{number}/").status_code == 404


def test_who_has_an_account_follows_without_the_link(world, client):
    lan = people.citizen("lan")
    number = make.asked(world, by=actor_of(lan), phone="").case.number
    client.force_login(lan)
    assert make.WORDS in client.get(f"/hoi-dap/theo-doi/{number}/").text


def test_what_was_typed_stays_when_it_cannot_be_taken(world, client):
    page = client.post("/hoi-dap/hoi/", said(world, phone="12"))
    assert page.status_code == 422
    assert "Vợ chồng tôi ở trọ." in page.text
    assert "Số điện thoại chưa đúng" in page.text
    assert not Question.objects.exists()


def test_a_program_that_fills_in_everything_is_told_nothing_and_nothing_is_kept(world, client):
    assert client.post("/hoi-dap/hoi/", said(world, website="http://spam"))["Location"] == "/hoi-dap/"
    assert not Question.objects.exists()


def test_many_questions_from_one_place_are_told_to_come_later(world, client):
    answers = [client.post("/hoi-dap/hoi/", said(world, request_key=f"k{n}")) for n in range(11)]
    assert [one.status_code for one in answers] == [302] * 10 + [429]
    assert int(answers[-1]["Retry-After"]) > 0
    assert Question.objects.count() == 10


def test_suggestions_come_while_typing_and_without_scripts(world, client):
    procedures.load_seeds(by=SYSTEM, at=make.MONDAY)
    answer = make.kept(world, "Đăng ký khai sinh cần giấy tờ gì?", procedure_code=BIRTH)
    part = client.get("/hoi-dap/goi-y/", {"title": "lam khai sinh"}, headers=HTMX).text
    assert answer.title in part
    assert f'href="/ho-so/nop/{BIRTH}/"' in part
    assert "<html" not in part
    whole = client.get("/hoi-dap/goi-y/", {"title": "lam khai sinh"}, follow=True).text
    assert answer.title in whole
    assert "lam khai sinh" in whole
    assert client.get("/hoi-dap/goi-y/", {"title": "la"}, headers=HTMX).text.strip() == ""


def test_an_answer_names_its_source_its_day_and_starts_its_procedure(world, client):
    procedures.load_seeds(by=SYSTEM, at=make.MONDAY)
    answer = make.kept(world, "Đăng ký khai sinh cần giấy tờ gì?", procedure_code=BIRTH)
    text = client.get(f"/hoi-dap/cau/{answer.pk}/").text
    for words in ("60/2014/QH13, Điều 16", "đúng tại ngày 01/11/2026", f"/ho-so/nop/{BIRTH}/"):
        assert words in text
    assert "Đang rà soát" not in text
    Answer.objects.update(state="under_review", why="expired")
    assert "Đang rà soát" in client.get(f"/hoi-dap/cau/{answer.pk}/").text
    Answer.objects.update(state="withdrawn", why="")
    assert client.get(f"/hoi-dap/cau/{answer.pk}/").status_code == 404


def test_a_browser_votes_once(world, client):
    answer = make.kept(world, "Khai sinh ở đâu?")
    for choice in ("1", "1", "0"):
        voted = client.post(f"/hoi-dap/cau/{answer.pk}/huu-ich/", {"huu-ich": choice})
        assert voted.status_code == 302
    answer.refresh_from_db()
    assert (answer.helpful, answer.unhelpful, Vote.objects.count()) == (0, 1, 1)
    assert "Cảm ơn bạn" in client.get(voted["Location"].partition("#")[0]).text


def test_answers_are_browsed_by_field_and_unit_page_by_page(world, client):
    made = [make.kept(world, f"Câu hỏi về hộ tịch thứ {n:02d}?") for n in range(25)]
    make.kept(world, "Câu hỏi về đất đai?", field="dat-dai", unit_id=world.province.department.pk)
    first = client.get("/hoi-dap/", {"linh-vuc": "ho-tich"})
    assert sum(one.title in first.text for one in made) == 20
    assert "đất đai?" not in first.text
    second = client.get(f"/hoi-dap/{first.context['more']}")
    assert sum(one.title in second.text for one in made) == 5
    assert "đất đai?" in client.get("/hoi-dap/", {"don-vi": world.province.department.pk}).text
    for odd in ("x~y", "2026-11-16~1", "~", "9" * 40):
        assert client.get("/hoi-dap/", {"sau": odd, "don-vi": odd}).status_code == 200


def test_who_stays_silent_is_named_and_what_nobody_looked_at_is_not_shown(world, client):
    past = timezone.now() - timedelta(days=30)
    looked_at = make.screened(world, "Bao giờ làm đường xóm tôi?", at=past)
    new = make.asked(world, "Tên tôi là Lan, xin hỏi một việc riêng?", at=past)
    text = client.get("/hoi-dap/tinh-hinh/").text
    assert "Phường Tân Ninh" in text
    assert looked_at.shown_title in text
    assert new.case.title not in text
    assert new.case.number in text


def test_figures_count_on_time_of_those_answered_and_who_is_silent(world, client):
    make.published(world)
    make.asked(world)
    period = date(2026, 10, 1), date(2026, 12, 31), make.MONDAY + timedelta(days=30)
    figure = figures.overall(*period)
    assert (figure.asked, figure.answered, figure.on_time, figure.percent, figure.silent) == (2, 1, 1, 100.0, 1)
    assert (figure.days, figure.most_days) == (0.2, 0.2)  # four hours
    assert [(one.asked, one.silent) for one in figures.by_unit(*period)] == [(2, 1)]
    assert [(one.label, one.asked) for one in figures.by_procedure(*period, {BIRTH: "Khai sinh"})] == [("Khai sinh", 2)]
    page = client.get("/hoi-dap/tinh-hinh/", {"quy": "2026-4"})
    assert "Quá hạn chưa trả lời" in page.text


def test_the_feed_is_xml_whatever_was_written(world, client):
    make.kept(world, f"Hỏi \x0b{HOSTILE}"[:300], f"Trả lời {HOSTILE} đủ dài để công bố.")
    answer = client.get("/hoi-dap/moi.xml")
    assert answer["Content-Type"].startswith("application/atom+xml")
    assert ElementTree.fromstring(answer.content).tag.endswith("feed")


@pytest.mark.parametrize(
    "path", ["/hoi-dap/", "/hoi-dap/?q=script", "/hoi-dap/hoi/?q={}", "/hoi-dap/?q={}", "/hoi-dap/cau/{pk}/"]
)
def test_hostile_text_stays_text(world, client, path):
    answer = make.kept(world, f"Hỏi {HOSTILE}", f"Trả lời {HOSTILE} đủ dài để công bố.")
    text = client.get(path.replace("{pk}", str(answer.pk)).replace("{}", HOSTILE)).text
    assert "<script>alert" not in text
    assert "<img src=x" not in text
    assert "14" not in text.partition("onerror=alert(2)")[2][:30]


def test_the_page_of_a_procedure_shows_what_is_asked_most(world, client):
    procedures.load_seeds(by=SYSTEM, at=make.MONDAY)
    part = f"/hoi-dap/phan/thu-tuc/{BIRTH}/"
    assert f'hx-get="{part}"' in client.get(f"/thu-tuc/{BIRTH}/").text
    assert client.get(part, headers=HTMX).text == ""
    assert "Chưa ai hỏi" in client.get(part).text
    answer = make.kept(world, "Khai sinh cần giấy tờ gì?", procedure_code=BIRTH)
    assert answer.title in client.get(part, headers=HTMX).text
    assert client.get("/hoi-dap/phan/thu-tuc/9.999999/").status_code == 404


def test_the_1022_desk_reads_out_what_is_asked_most_about_the_procedure_that_is_meant(world, client):
    procedures.load_seeds(by=SYSTEM, at=make.MONDAY)
    answer = make.kept(world, "Con sinh ở nước ngoài về thì sao?", procedure_code=BIRTH)
    editions.load_seeds(at=make.MONDAY)
    client.force_login(people.official("operator", world.province.department, "field_reports.operator"))
    part = client.get("/lam-viec/phan-anh/tong-dai/doi-chieu/", {"text": "đăng ký khai sinh"}, headers=HTMX).text
    assert answer.title in part


def test_the_finder_finds_answers(world, client):
    answer = make.kept(world, "Đăng ký khai sinh cần giấy tờ gì?")
    assert answer.title in client.get(reverse("find"), {"q": "khai sinh"}).text


STATEMENTS = {"/hoi-dap/": 3, "/hoi-dap/?q=khai+sinh": 5, "/hoi-dap/cau/{pk}/": 4, "/hoi-dap/hoi/": 2}


@pytest.mark.parametrize("path", STATEMENTS)
def test_a_page_costs_the_same_statements_however_many_answers_there_are(world, client, path, monkeypatch):
    monkeypatch.setattr(shelves, "WORDS_A_SECOND", 0.1)  # words are not read anew because the machine is slow

    def cost():
        client.get(address)
        with CaptureQueriesContext(connection) as seen:
            client.get(address)
        return len(seen)

    answer = make.kept(world, "Khai sinh ở đâu?")
    address = path.replace("{pk}", str(answer.pk))
    first = cost()
    for number in range(25):
        make.kept(world, f"Khai sinh lần {number} ở đâu?")
    assert cost() <= first <= STATEMENTS[path]
