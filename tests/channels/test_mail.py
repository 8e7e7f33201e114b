"""People write mail and are answered by mail, over a real mailbox and a real mail server; machines are not answered."""

from __future__ import annotations

from collections.abc import Iterator
from email.header import decode_header, make_header
from email.message import EmailMessage, Message
from io import BytesIO
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from PIL import Image
from tests.channels.mail_servers import Post, post_office
from tests.world import World

from tinhso.kernel.files.models import Attachment
from tinhso.kernel.journal.models import Entry
from tinhso.kernel.testing import people
from tinhso.kernel.testing.jobs import run_jobs
from tinhso.modules.channels import jobs
from tinhso.modules.channels.models import Contact, Line, Received, Sent
from tinhso.modules.channels.rules import Kind, mail

pytestmark = pytest.mark.django_db
OWN, LAN = "xa@tinh.example", "lan@vi-du.example"
PROVEN = "mx.tinh.example; dmarc=pass header.from=vi-du.example"


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Post]:
    with post_office(tmp_path_factory.mktemp("mail")) as found:
        yield found


@pytest.fixture
def post(office: Post, made_world: World, db: None, settings: Any) -> Post:
    office.empty()
    settings.CHANNEL_SECRETS = {"thu-tinh": office.secrets}
    Line.objects.create(
        code="thu-tinh", kind=Kind.MAIL, unit_id=made_world.province.root.pk, name="Hộp thư tỉnh", outside_id=OWN,
        added_at=timezone.now(),
    )  # fmt: skip
    return office


def letter(subject: str, text: str = "", number: int = 1, **headers: str) -> EmailMessage:
    made = EmailMessage()
    made["From"], made["To"], made["Subject"] = f"Lan <{LAN}>", OWN, subject
    made["Message-ID"] = f"<{number}@vi-du.example>"
    for name, value in headers.items():
        del made[name.replace("_", "-")]
        made[name.replace("_", "-")] = value
    made.set_content(text)
    return made


def answers(post: Post, *letters: EmailMessage | bytes) -> list[Message]:
    """Deliver, let the platform look, and what it sent in all."""
    for one in letters:
        post.deliver(one)
    jobs.fetch.func(0)
    run_jobs()
    return post.sent()


def words(said: Message) -> str:
    content = said.get_payload(decode=True)
    assert isinstance(content, bytes)
    return content.decode()


def test_a_mail_asks_for_a_dossiers_state_and_gets_it_in_its_thread(post: Post, made_world: World) -> None:
    case = made_world.dossiers["filed"].case
    [told] = answers(post, letter(f"Tra cứu {case.number} {case.lookup_key}"))
    assert f"Hồ sơ {case.number}: Đã nộp." in words(told)
    assert case.applicant not in words(told)
    assert (told["To"], told["From"], told["In-Reply-To"]) == (LAN, OWN, "<1@vi-du.example>")
    assert (told["Auto-Submitted"], told["X-MailFrom"]) == ("auto-replied", OWN)
    assert str(make_header(decode_header(told["Subject"]))).startswith(f"Re: Tra cứu {case.number}")
    assert Sent.objects.get().state == "sent"
    assert post.unseen() == 0


def test_a_talk_goes_on_in_answers_and_a_repeat_is_answered_once(post: Post, made_world: World) -> None:
    case = made_world.dossiers["filed"].case
    first = letter("Hồ sơ của tôi", f"tra cứu {case.number}")
    [asked] = answers(post, first, first)
    assert "4 số cuối" in words(asked)
    digits = made_world.lan.person.phone[-4:]
    again = letter("Re: Hồ sơ của tôi", f"{digits}\n\n> 4 số cuối?", 2, In_Reply_To=asked["Message-ID"])
    told = answers(post, again)
    assert (len(told), Received.objects.count()) == (2, 2)
    assert any(f"Hồ sơ {case.number}:" in words(one) for one in told)


def test_a_mail_becomes_a_report_with_its_picture_and_without_its_program(post: Post) -> None:
    picture = BytesIO()
    Image.new("RGB", (64, 48), "grey").save(picture, "JPEG")
    said = letter("Phản ánh ổ gà lớn trước chợ")
    said.add_attachment(picture.getvalue(), maintype="image", subtype="jpeg", filename="o-ga.jpg")
    said.add_attachment(b"not a picture", maintype="image", subtype="jpeg", filename="gia.jpg")
    said.add_attachment(b"MZ", maintype="application", subtype="octet-stream", filename="virus.exe")
    [told] = answers(post, said)
    row = Received.objects.get()
    assert (row.talk, row.skipped, len(row.pictures)) == ("field_report", 2, 1)
    assert "tệp khác không được nhận" in words(told)
    assert Attachment.objects.filter(purpose="channels.picture").count() == 1


def test_machines_and_loops_are_never_answered_and_written_down(post: Post) -> None:
    told = answers(
        post,
        letter("Vắng mặt", "tôi đi vắng", 1, Auto_Submitted="auto-replied"),
        letter("Trả về", "không giao được", 2, From="MAILER-DAEMON@vi-du.example"),
        letter("Vòng", "x", 3, **{mail.OURS: OWN}),
        b"Subject: kh\xf4ng c\xf3 ng\x1b\xb0\n\nx",
    )
    assert told == []
    assert (Received.objects.count(), Contact.objects.count(), post.unseen()) == (0, 0, 0)
    reasons = {entry.data["reason"] for entry in Entry.objects.filter(verb="channels.refuse")}
    assert reasons == {"thư tự động", "thư của máy chủ thư", "thư đi vòng", "không có đúng một người gửi"}


def test_a_machine_that_hides_is_stopped_by_numbers(post: Post, monkeypatch: Any) -> None:
    monkeypatch.setattr("tinhso.modules.channels.actions.mailbox.FROM_ONE_SENDER", (2, 3600))
    assert len(answers(post, *(letter("xin chào", "", number) for number in range(5)))) == 2


def test_a_forged_sender_learns_and_changes_nothing_of_the_account(post: Post, made_world: World) -> None:
    case = made_world.dossiers["filed"].case
    answers(post, letter("xin chào"))
    Contact.objects.update(account=made_world.lan)
    told = answers(post, letter(f"tra cứu {case.number}", "", 2))
    assert any("4 số cuối" in words(one) for one in told)
    assert not any(f"Hồ sơ {case.number}:" in words(one) for one in told)
    told = answers(post, letter("hủy liên kết", "", 3))
    assert any("Chưa xác thực được thư này" in words(one) for one in told)
    assert Contact.objects.get().account_id == made_world.lan.pk
    told = answers(post, letter(f"tra cứu {case.number}", "", 4, Authentication_Results=PROVEN))
    assert any(f"Hồ sơ {case.number}:" in words(one) for one in told)


def test_the_answer_goes_to_the_sender_whatever_reply_to_says(post: Post) -> None:
    [told] = answers(post, letter("xin chào", Reply_To="ke-gian@xau.example"))
    assert (told["To"], told["X-RcptTo"]) == (LAN, LAN)


def test_a_mailbox_that_does_not_open_is_told_to_its_keeper(post: Post, made_world: World, settings: Any) -> None:
    settings.CHANNEL_SECRETS = {"thu-tinh": {**post.secrets, "imap": f"imap://xa:sai@127.0.0.1:{post.imap}/"}}
    answers(post, letter("xin chào"))
    assert Line.objects.get().problem == "Không đọc được hộp thư: error."
    assert Received.objects.count() == 0
    settings.CHANNEL_SECRETS = {"thu-tinh": post.secrets}
    assert len(answers(post)) == 1
    assert Line.objects.get().problem == ""


def test_an_absent_mail_server_gets_the_answer_later_once(post: Post, settings: Any) -> None:
    settings.CHANNEL_SECRETS = {"thu-tinh": {**post.secrets, "smtp": "smtp://127.0.0.1:1"}}
    assert answers(post, letter("xin chào")) == []
    assert Sent.objects.get().state == "failed"
    settings.CHANNEL_SECRETS = {"thu-tinh": post.secrets}
    Sent.objects.update(next_at=None)
    jobs.again.func(0)
    assert (Sent.objects.get().state, len(post.sent())) == ("sent", 1)


def test_a_unit_adds_its_own_mailbox(made_world: World, db: None) -> None:
    keeper = people.official("giu", made_world.province.commune, "channels.manager")
    browser = Client()
    browser.force_login(keeper)
    said = {"name": "Hộp thư xã", "kind": "mail", "unit": made_world.province.commune.code}
    assert browser.post("/lam-viec/kenh/them/", {**said, "address": "không phải"}).status_code == 422
    assert Line.objects.count() == 0
    assert browser.post("/lam-viec/kenh/them/", {**said, "address": OWN}).status_code == 302
    assert (Line.objects.get().outside_id, Line.objects.get().unit_id) == (OWN, made_world.province.commune.pk)
