"""Planted names, numbers and places: nobody but officials meets them, wherever one looks."""

from __future__ import annotations

import re
from io import BytesIO
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from PIL import Image
from tests.open311 import course, said

from tinhso.kernel.pictures.tests.drawn import jpeg, notes, street
from tinhso.modules.field_reports.actions import open311, photos, senders
from tinhso.modules.field_reports.actions.filing import Sender
from tinhso.modules.field_reports.actions.intake import take_photo
from tinhso.modules.field_reports.jobs import showing
from tinhso.modules.field_reports.models import Photo
from tinhso.modules.field_reports.portal.shown import routes
from tinhso.modules.field_reports.rules.states import SENDER

pytestmark = pytest.mark.django_db
NAME, PHONE, EMAIL, CARD, PLATE = (
    "Trịnh Thị Hoài Mẫu",
    "0987 654 321",
    "mau.trinh@vidu.vn",
    "079 188 001 234",
    "70A-987.65",
)
TEXT = f"Tôi là {NAME}, số {PHONE}, thư {EMAIL}, thẻ {CARD}. Ổ gà trước nhà, xe {PLATE} té ngã."
PLANTED = (NAME, "Hoài Mẫu", "987654321", "mau.trinh", "079188001234", "70A98765", "Nguyễn Minh Họa Ảnh")


def folded(content: bytes) -> str:
    """What a reader sees, and without the blanks, dots and dashes that numbers are written with."""
    text = content.decode("utf-8", "replace")
    return text + re.sub(r"[\s.\-]", "", text)


def holds(content: bytes, word: str) -> bool:
    return word in folded(content)


@pytest.fixture
def planted(world):
    """A solved report whose sender wrote everything about themselves everywhere, with a photo that says it too."""
    marked = notes()
    marked[0x013B] = "Nguyễn Minh Họa Ảnh"
    upload = course.picture()
    upload.file = BytesIO(jpeg(street(4), exif=marked, comment=NAME.encode()))
    upload.size = len(upload.file.getvalue())
    report = course.solved(
        world, timezone.now() - timezone.timedelta(hours=6), text=TEXT, address=f"Nhà {NAME}, điện thoại {PHONE}",
        attributes={"size": "large", "lane": f"gọi {PHONE}"},
        sender=Sender(name=NAME, phone="+84987654321", email=EMAIL),
        photos=[take_photo(upload, by_account_id=None, at=timezone.now())],
    )  # fmt: skip
    open311.hear(
        number=report.case.number, client="x", update="1", text=TEXT, status="OPEN", by=SENDER, at=timezone.now()
    )
    senders.rate(report_id=report.pk, score=5, comment=f"Cảm ơn, {NAME} {PHONE}", by=SENDER, at=timezone.now())
    showing.put(report.pk, at=timezone.now())
    return report


def addresses(report: Any) -> list[str]:
    """Every public address of the module with this report's own numbers, and the pages of others that may show it."""
    given = {"number": report.case.number, "code": "GT01", "token": "T0-0", "photo_id": 0, "key": report.pk}
    found = []
    for one in routes:
        wanted = set(one.pattern.converters) | set(getattr(one.pattern.regex, "groupindex", {}))
        wanted -= {"form"}
        arguments = {name: given[name] for name in wanted}
        for photo_id in Photo.objects.values_list("pk", flat=True) if "photo_id" in wanted else (0,):
            arguments |= {"photo_id": photo_id} if "photo_id" in wanted else {}
            found.append(reverse(f"field_reports:{one.name}", kwargs=arguments))
    return found


def everything(report: Any) -> list[str]:
    here = "lat=11.3153&lon=106.103"
    paths = [
        variant
        for path in addresses(report)
        for variant in ([f"{path}.json", f"{path}.xml"] if path.startswith("/open311/") else [path])
    ]
    return [
        *paths,
        f"/phan-anh/quanh-day/?{here}",
        "/phan-anh/ban-do.json?muc=18",
        "/phan-anh/?tinh-trang=all",
        "/open311/v2/requests.json?extensions=true",
        f"/open311/v2/requests/{report.case.number}.xml?extensions=true",
        f"/open311/v2/requests.json?service_request_id={report.case.number}&extensions=true",
        "/tim-kiem/?q=o+ga",
        f"/tim-kiem/?q={report.case.number}",
        "/thong-ke/",
        "/muc-do-hai-long/",
    ]


def test_no_public_page_or_api_of_reports_tells_who_sent_one(world, planted):
    seen = 0
    for path in everything(planted):
        answer = Client().get(path)
        assert answer.status_code in (200, 302, 404), path
        content = b"".join(answer.streaming_content) if answer.streaming else answer.content
        seen += planted.case.number.encode() in content
        for word in PLANTED:
            assert not holds(content, word), (path, word)
    assert seen >= 8  # it was there to be seen


def test_searching_for_a_person_finds_no_report(world, planted):
    for words in (NAME, PHONE, EMAIL):
        answer = Client().get("/open311/v2/requests.json", {"q": words})
        assert said.as_json(answer) == []
        assert planted.case.number not in Client().get("/tim-kiem/", {"q": words}).content.decode()


def test_the_shown_photos_hold_nothing_but_pixels(world, planted):
    for photo in Photo.objects.all():
        photos.prepare(photo_id=photo.pk, at=timezone.now())
        for ending in (".jpg", "-nho.webp"):
            answer = Client().get(f"/phan-anh/anh/{photo.pk}{ending}")
            content = b"".join(answer.streaming_content)
            with Image.open(BytesIO(content)) as shown:
                assert not dict(shown.getexif())
                assert not {"comment", "exif", "icc_profile", "xmp"} & set(shown.info)
            assert answer["X-Content-Type-Options"] == "nosniff"


def test_an_error_page_does_not_repeat_what_was_sent(world):
    fields = said.pothole(world, api_key=said.key(), description=TEXT, service_code="XX")
    answer = Client().post("/open311/v2/requests.json", fields)
    assert not any(holds(answer.content, word) for word in PLANTED)
