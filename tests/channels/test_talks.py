"""The talks of the modules, as a person on Zalo has them."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO

import pytest
from django.utils import timezone
from PIL import Image
from tests.channels.conftest import Talking

from tinhso.kernel.testing.jobs import run_jobs
from tinhso.modules.channels.models import Contact, Received, Sent
from tinhso.modules.field_reports.models import Photo, Report
from tinhso.modules.questions.models import Question

pytestmark = pytest.mark.django_db
HOLE = "phản ánh ổ gà lớn giữa đường trước cổng chợ"


def picture() -> bytes:
    kept = BytesIO()
    Image.new("RGB", (640, 480), (90, 120, 90)).save(kept, "JPEG")
    return kept.getvalue()


def test_a_report_is_told_in_two_messages_and_gets_a_code(line: Talking) -> None:
    assert "Sự việc ở đâu?" in line.says(HOLE)
    assert "Sự việc ở đâu?" in line.says("đúng")
    assert Report.objects.filter(channel="zalo_oa").count() == 0
    told = line.says("số 5 đường 30/4, phường Tân Ninh")
    report = Report.objects.select_related("case").get(channel="zalo_oa")
    assert told.startswith(f"Đã nhận phản ánh {report.case.number}.")
    assert report.case.lookup_key in told
    assert (report.text, report.address) == (HOLE.removeprefix("phản ánh "), "số 5 đường 30/4, phường Tân Ninh")
    assert Sent.objects.order_by("-id")[0].case_id == report.case_id
    assert Contact.objects.get().talk == ""
    look = line.says(f"tra cứu {report.case.number} {report.case.lookup_key}")
    assert look.startswith(f"Hồ sơ {report.case.number}:")


def test_a_report_with_a_place_and_a_picture_is_taken_at_once(line: Talking) -> None:
    line.operator.pictures["/1.jpg"], here = picture(), line.world.province.commune
    line.says("phản ánh đèn đường hỏng đã ba đêm rồi")
    attachments = [
        {"type": "image", "payload": {"url": f"{line.operator.address}/1.jpg"}},
        {"type": "location", "payload": {"coordinates": {"latitude": here.latitude, "longitude": here.longitude}}},
    ]
    said = line.message("", attachments=attachments)
    said["event_name"] = "user_send_image"
    assert line.deliver(said).status_code == 200
    run_jobs()
    report = Report.objects.get(channel="zalo_oa")
    assert Photo.objects.filter(report=report).count() == 1
    assert (report.latitude, report.longitude, report.commune_id) == (here.latitude, here.longitude, here.pk)


@pytest.mark.parametrize("content", [b"<svg onload=alert(1)>", b"", b"\xff\xd8\xff" + b"x" * 100])
def test_what_is_no_picture_is_refused_in_words_and_nothing_is_filed(line: Talking, content: bytes) -> None:
    line.operator.pictures["/1.jpg"] = content
    attachments = [{"type": "image", "payload": {"url": f"{line.operator.address}/1.jpg"}}]
    told = line.says(HOLE, attachments=attachments)
    assert told
    assert "Đã nhận" not in told
    assert Report.objects.filter(channel="zalo_oa").count() == 0
    assert Received.objects.get().answered_at is not None


def test_a_picture_at_a_strange_host_is_not_fetched(line: Talking) -> None:
    attachments = [{"type": "image", "payload": {"url": "http://169.254.169.254/latest/meta-data"}}]
    told = line.says(HOLE, attachments=attachments)
    assert "Không tải được ảnh" in told
    assert "Sự việc ở đâu?" in told  # what was typed is not lost with the picture
    assert Received.objects.get().problem == "Ảnh ở máy chủ lạ nên không tải."


def test_a_question_gets_an_answer_or_is_sent_to_an_office(line: Talking) -> None:
    told = line.says("hỏi thủ tục xin cấp phép bay lên sao Hỏa bằng khinh khí cầu")
    assert "nhắn “gửi”" in told
    assert "/hoi-dap/" in line.says("gửi")
    assert Question.objects.count() == 0
    Contact.objects.update(account=line.world.lan)
    line.says("hỏi thủ tục xin cấp phép bay lên sao Hỏa bằng khinh khí cầu")
    assert "1. " in line.says("Gửi")
    assert "1. " in line.says("900")
    told = line.says("1")
    question = Question.objects.select_related("case").get()
    assert told.startswith(f"Đã nhận câu hỏi {question.case.number}.")
    assert question.case.owner_id == line.world.lan.pk


def test_somebody_can_leave_a_talk(line: Talking) -> None:
    line.says(HOLE)
    assert "Bạn có thể nhắn:" in line.says("thôi")
    assert Contact.objects.get().talk == ""
    assert Report.objects.filter(channel="zalo_oa").count() == 0


def test_a_report_is_not_taken_too_often_from_one_contact(line: Talking) -> None:
    for _ in range(9):
        line.says(HOLE)
        told = line.says("chợ phường Tân Ninh")
    assert "Đã nhận" not in told
    assert Report.objects.filter(channel="zalo_oa").count() == 8


def test_who_changes_his_mind_loses_nothing(line: Talking) -> None:
    line.says(HOLE)
    line.says("phản ánh đèn đường hỏng ba đêm rồi")
    assert "Đã nhận phản ánh" in line.says("chợ phường Tân Ninh")
    assert Report.objects.get(channel="zalo_oa").text == "đèn đường hỏng ba đêm rồi"
    assert "Sự việc ở đâu?" in line.says("tiếp")
    assert "Đã nhận phản ánh" in line.says("cầu ván, phường Tân Ninh")
    assert sorted(Report.objects.filter(channel="zalo_oa").values_list("text", "address")) == [
        ("đèn đường hỏng ba đêm rồi", "chợ phường Tân Ninh"),
        (HOLE.removeprefix("phản ánh "), "cầu ván, phường Tân Ninh"),
    ]  # fmt: skip


def test_who_comes_back_the_next_day_is_asked_first(line: Talking) -> None:
    line.says(HOLE)
    Contact.objects.update(last_said_at=timezone.now() - timedelta(hours=20))
    told = line.says("hôm nay trời đẹp quá")
    assert told.startswith("Chưa rõ ý bạn.")
    assert "Bạn còn dở “Phản ánh hiện trường”: nhắn “tiếp”" in told
    assert Report.objects.filter(channel="zalo_oa").count() == 0
    here = line.world.province.commune
    point = {"type": "location", "payload": {"coordinates": {"latitude": here.latitude, "longitude": here.longitude}}}
    assert "Đã nhận phản ánh" in line.says("", attachments=[point])
    assert Report.objects.get(channel="zalo_oa").text == HOLE.removeprefix("phản ánh ")


def test_a_voice_or_a_sticker_does_not_end_a_talk(line: Talking) -> None:
    line.says(HOLE)
    told = line.says("", attachments=[{"type": "audio", "payload": {"url": "https://x/1.amr"}}])
    assert "Chưa đọc được tin này." in told
    assert "tin thoại" in told
    assert line.says("cảm ơn") == "Rất vui được giúp bạn."
    assert "Đã nhận phản ánh" in line.says("chợ phường Tân Ninh")
