"""Mail as people and machines write it, without a database or a server."""

from __future__ import annotations

from email.message import EmailMessage

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tinhso.modules.channels.rules import mail
from tinhso.modules.channels.rules.hearing import NotRead

OWN = "xa@tinh.example"


def written(text: str = "tra cứu H53", **headers: str) -> bytes:
    made = EmailMessage()
    made["From"], made["To"], made["Subject"] = "Lan <Lan@Vi-Du.example>", OWN, "Hỏi hồ sơ"
    made["Message-ID"] = "<1@vi-du.example>"
    for name, value in headers.items():
        del made[name.replace("_", "-")]
        made[name.replace("_", "-")] = value
    made.set_content(text)
    return made.as_bytes()


def read(raw: bytes, **more: str) -> mail.Mail:
    return mail.read(raw, own=OWN, **more)


def test_a_mail_begins_with_its_subject_and_an_answer_with_its_words() -> None:
    new = read(written())
    assert (new.sender, new.key, new.words) == ("lan@vi-du.example", "<1@vi-du.example>", "Hỏi hồ sơ\ntra cứu H53")
    answer = read(written("1234\n\nVào Thứ Hai, Tỉnh đã viết:\n> số?\n", In_Reply_To="<0@x>", Subject="Re: RE: Hỏi"))
    assert (answer.subject, answer.words, answer.is_reply) == ("Hỏi", "1234", True)
    assert answer.references.endswith("<1@vi-du.example>")


def test_signature_and_quotes_are_not_what_was_said() -> None:
    assert mail.own_words("dừng\n-- \nLan\n0912") == "dừng"
    assert mail.own_words("> cũ\nmới\nOn Monday Lan <a@b> wrote:\n> x") == "mới"
    assert mail.own_words("On the road a tree fell") == "On the road a tree fell"


def test_html_alone_is_read_without_scripts_and_styles() -> None:
    made = EmailMessage()
    made["From"], made["Subject"] = "lan@vi-du.example", "x"
    made.set_content(
        "<html><head><style>p{}</style></head><body><p>tra&nbsp;cứu <b>H53</b></p><script>alert(1)</script>"
        "<div>dòng hai</div></body></html>",
        subtype="html",
    )
    assert read(made.as_bytes()).text == "tra cứu H53\n\ndòng hai"


@pytest.mark.parametrize(
    ("headers", "reason"),
    [
        ({"Auto-Submitted": "auto-replied"}, "thư tự động"),
        ({"Precedence": "bulk"}, "thư hàng loạt"),
        ({"List-Id": "<ds.example>"}, "thư của danh sách gửi thư"),
        ({"Return-Path": "<>"}, "thư của máy chủ thư"),
        ({"From": "MAILER-DAEMON@x.example"}, "thư của máy chủ thư"),
        ({"From": "no-reply@x.example"}, "thư của máy chủ thư"),
        ({"From": OWN}, "thư đi vòng"),
        ({mail.OURS: OWN}, "thư đi vòng"),
        ({"Auto-Submitted": "no"}, ""),
    ],
)
def test_a_machines_mail_is_known(headers: dict[str, str], reason: str) -> None:
    assert read(written(**{name.replace("-", "_"): value for name, value in headers.items()})).automatic == reason


@pytest.mark.parametrize(
    ("finding", "is_proven"),
    [
        ("mx.tinh.example; spf=pass; dmarc=pass header.from=vi-du.example", True),
        ("mx.tinh.example 1; dmarc=pass (p=none) header.from=vi-du.example", True),
        ("mx.tinh.example; dmarc=fail header.from=vi-du.example", False),
        ("mx.tinh.example; dmarc=pass header.from=vi-du.example.ke-gian.example", False),
        ("mx.tinh.example; spf=pass; dkim=pass", False),
        ("mx.ke-gian.example; dmarc=pass header.from=vi-du.example", False),
    ],
)
def test_the_sender_is_proven_by_our_own_servers_finding_only(finding: str, is_proven: bool) -> None:
    raw = written(Authentication_Results=finding)
    assert read(raw, authserv="mx.tinh.example").is_proven is is_proven
    assert read(raw).is_proven is False


def test_a_finding_below_the_topmost_proves_nothing() -> None:
    forged = written(Authentication_Results="mx.tinh.example; dmarc=pass header.from=vi-du.example")
    first = b"Authentication-Results: mx.tinh.example; dmarc=fail header.from=vi-du.example\n"
    assert read(first + forged, authserv="mx.tinh.example").is_proven is False


def test_pictures_are_taken_and_other_attachments_counted() -> None:
    made = EmailMessage()
    made["From"] = "lan@vi-du.example"
    made.set_content("phản ánh ổ gà")
    for number in range(7):
        made.add_attachment(b"x" * (number + 1), maintype="image", subtype="jpeg", filename="a.jpg")
    made.add_attachment(b"MZ", maintype="application", subtype="octet-stream", filename="a.exe")
    found = read(made.as_bytes())
    assert (len(found.pictures), found.skipped) == (5, 3)


@pytest.mark.parametrize(
    "raw",
    [
        b"", b"Subject: x\n\ny", b"From: a@b, c@d\n\nx", b"From: <script>\n\nx", b"x" * (mail.LARGEST + 1),
        "From: é@b.example\n\nx".encode(), b"From: " + b"a" * 200 + b"@b.example\n\nx",
    ],
    ids=["nothing", "nobody", "two", "no address", "too big", "letters", "too long"],
)  # fmt: skip
def test_what_has_no_one_sender_or_is_too_big_is_not_read(raw: bytes) -> None:
    with pytest.raises(NotRead):
        read(raw)


def test_a_mail_of_a_thousand_parts_is_not_read() -> None:
    part = b"--b\nContent-Type: text/plain\n\nx\n"
    with pytest.raises(NotRead, match="nhiều phần"):
        read(b"From: a@b.example\nContent-Type: multipart/mixed; boundary=b\n\n" + part * 1000 + b"--b--\n")


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=400))
def test_any_bytes_are_read_or_refused_and_never_break(raw: bytes) -> None:
    for said in (raw, b"From: a@b.example\n" + raw, b"From: a@b.example\nContent-Type: text/html\n\n" + raw):
        try:
            found = read(said)
        except NotRead:
            continue
        assert "\0" not in found.text + found.subject + found.key


HEAD = b"From: lan@vi-du.example\r\nSubject: a\r\nContent-Type: text/plain; charset="


@pytest.mark.parametrize(
    ("charset", "written", "text"),
    [
        ("windows-1258", b"\xf4\xd2 g\xe0 tr\xfd\xf5\xecc ch\xf5\xf2", "ổ gà trước chợ"),
        ("utf-7", b"+2AA- hi", "+2AA- hi"),
        ("unicode_escape", b"\\ud800 hi", "\\ud800 hi"),
        ("x-unknown", "ổ gà".encode(), "ổ gà"),
    ],
)
def test_words_are_read_in_any_alphabet_and_can_always_be_kept(charset: str, written: bytes, text: str) -> None:
    said = read(HEAD + charset.encode() + b"\r\n\r\n" + written).text
    assert said == text
    assert said.encode()


@pytest.mark.parametrize("subject", ["Tự động trả lời: vắng mặt", "Automatic reply: hello"])
def test_an_absence_without_the_usual_heads_is_a_machines_too(subject: str) -> None:
    assert read(written(Subject=subject)).automatic == "thư tự động"
