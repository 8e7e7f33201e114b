"""Demonstration reports: three dozens that invented people sent, at every stage of their life."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from io import BytesIO
from random import Random
from typing import Any

from django.db import transaction
from django.utils import timezone
from PIL import Image, ImageDraw

from tinhso.kernel.errors import Refusal
from tinhso.kernel.files import actions as files
from tinhso.kernel.files.rules import JPEG
from tinhso.kernel.people.demonstrating import employ
from tinhso.kernel.people.models import Account, Grant, Position
from tinhso.kernel.people.rules import SYSTEM
from tinhso.kernel.units.models import Unit
from tinhso.modules.field_reports.actions import editions, handling, senders, triage
from tinhso.modules.field_reports.actions.filing import NewPhoto, NewReport, Sender, file
from tinhso.modules.field_reports.actions.intake import PURPOSE
from tinhso.modules.field_reports.models import Report
from tinhso.modules.field_reports.queries.catalogue import catalogue_on
from tinhso.modules.field_reports.queries.places import desk_unit
from tinhso.modules.field_reports.rules.places import Point
from tinhso.modules.field_reports.rules.states import SENDER, Channel

NUMBER = 36
HOURS_APART = 9
WORDS: tuple[tuple[str, str, dict[str, Any]], ...] = (
    ("GT01", "Ổ gà sâu giữa đường, trời mưa đọng nước không thấy.", {}),
    ("CS01", "Ba bóng đèn đường liền nhau không sáng từ tuần trước.", {"count": "3"}),
    ("MT01", "Xe rác không vào hẻm đã bốn ngày, rác bốc mùi.", {}),
    ("MT05", "Hát karaoke loa kéo đến nửa đêm, trẻ nhỏ không ngủ được.", {"source": "karaoke"}),
    ("TN02", "Cống thoát nước bị nghẹt, mưa nhỏ cũng tràn vào nhà.", {}),
    ("TD01", "Hàng quán lấn hết vỉa hè, người đi bộ phải xuống lòng đường.", {}),
    ("DN05", "Ống nước bể, nước chảy tràn mặt đường cả ngày.", {}),
    ("CS03", "Nhánh cây lớn gãy treo trên dây điện trước cổng trường.", {}),
    ("MT02", "Có người đổ xà bần ven kênh ban đêm.", {"kind": ["construction"]}),
    ("HC01", "Hồ sơ trễ hẹn một tuần, hỏi không ai trả lời.", {"dossier": "minh họa"}),
    ("AN01", "Nhóm thanh niên tụ tập gây rối trước quán nước.", {}),
    ("GT04", "Biển báo dừng ở ngã tư bị gãy, xe chạy qua không biết.", {}),
)
OPERATOR = "tongdai1022"
ROLES = (
    ("chuyenvien", "field_reports.handler"),
    ("lanhdao", "field_reports.leader"),
    ("lanhdao.tinh", "field_reports.leader"),
)


@transaction.atomic
def demo(at: datetime | None = None, seed: int = 1, **_more: Any) -> None:
    """Reports of the last two weeks, marked as demonstration; asked again it changes nothing."""
    now = at or timezone.now()
    editions.load_seeds(at=now)
    if Report.objects.exists():
        return
    _employ(now)
    chance = Random(seed)  # noqa: S311 - chance that can be repeated is meant
    places = list(Unit.objects.communes().filter(ends_on__isnull=True, latitude__isnull=False).order_by("id")[:8])
    if not places:
        return
    for number in range(NUMBER):
        _one(number, places[number % len(places)], chance, now - timedelta(hours=HOURS_APART * (NUMBER - number)))
    Report.objects.update(is_demonstration=True)


def _one(number: int, commune: Unit, chance: Random, at: datetime) -> None:
    """One report, and as much of its story as its number says."""
    code, text, attributes = WORDS[number % len(WORDS)]
    near = Point(
        (commune.latitude or 0) + chance.uniform(-0.01, 0.01), (commune.longitude or 0) + chance.uniform(-0.01, 0.01)
    )
    report = file(
        NewReport(
            text=text,
            channel=Channel.PHONE if number % 3 else Channel.OFFICIAL,
            category=code,
            place=near,
            address="Dữ liệu minh họa",
            commune_id=commune.pk,
            sender=Sender(name="Người phản ánh minh họa", phone=f"+8490000{number:04d}"),
            attributes=attributes,
            photos=[_picture(number, "before", near.latitude, near.longitude)] if number % 2 else (),
            request_key=f"minh-hoa-{number}",
        ),
        at=at,
    )
    for step in STORIES[number % len(STORIES)]:
        at += timedelta(hours=2)
        try:
            step(report, at)
        except Refusal:
            return


def _accept(report: Report, at: datetime) -> None:
    triage.accept(report_id=report.pk, category=report.category, level=report.level, by=SYSTEM, at=at)


def _start(report: Report, at: datetime) -> None:
    handling.start(report_id=report.pk, by=SYSTEM, at=at)


def _answer(report: Report, at: datetime) -> None:
    text = "Đơn vị đã kiểm tra và xử lý xong tại chỗ (dữ liệu minh họa)."
    photos = [_picture(report.pk, "after", report.latitude, report.longitude)]
    handling.answer(report_id=report.pk, text=text, photos=photos, by=SYSTEM, at=at)


def _picture(number: int, stage: str, latitude: float | None, longitude: float | None) -> NewPhoto:
    """A drawn picture, another one for each report: a road, with a hole before and without after."""
    chance = Random(f"{number}/{stage}")  # noqa: S311 - chance that can be repeated is meant
    drawn = Image.new("RGB", (640, 480), (168 + chance.randrange(60), 190, 200))
    pen = ImageDraw.Draw(drawn)
    pen.polygon([(0, 480), (250, 180), (390, 180), (640, 480)], fill=(96, 96, 100))
    for _dash in range(24):
        x, y = chance.randrange(640), chance.randrange(480)
        pen.rectangle(
            (x, y, x + chance.randrange(12, 70), y + chance.randrange(6, 40)), fill=(chance.randrange(255),) * 3
        )
    if stage == "before":
        pen.ellipse((260, 330, 260 + 40 + number % 80, 380), fill=(30, 28, 26))
    out = BytesIO()
    drawn.save(out, "JPEG", quality=70)
    kept = files.store_made(out.getvalue(), name=f"minh-hoa-{number}.jpg", purpose=PURPOSE, media_type=JPEG)
    return NewPhoto(kept, latitude, longitude)


def _approve(report: Report, at: datetime) -> None:
    handling.approve(report_id=report.pk, by=SYSTEM, at=at)


def _rate(report: Report, at: datetime) -> None:
    senders.rate(report_id=report.pk, score=3 + report.pk % 3, comment="", by=SENDER, at=at)


def _reject(report: Report, at: datetime) -> None:
    explanation = "Nội dung chưa rõ nơi xảy ra; gọi 1022 để bổ sung (minh họa)."
    triage.reject(report_id=report.pk, reason="unclear", explanation=explanation, by=SYSTEM, at=at)


Story = tuple[Callable[[Report, datetime], None], ...]
STORIES: tuple[Story, ...] = (
    (_accept, _start, _answer, _approve, _rate),
    (_accept, _start),
    (_accept, _start, _answer, _approve),
    (),
    (_accept,),
    (_accept, _start, _answer),
    (_accept, _start, _answer, _approve, _rate),
    (_reject,),
)


def _employ(now: datetime) -> None:
    """Roles for the demonstration's officials; one who takes calls is made if there is none."""
    day = timezone.localdate(now)
    _operator(desk_unit(catalogue_on(day)[1]), day)
    employ(day, at_home=ROLES)


def _operator(desk: int, day: date) -> None:
    """Who takes calls; signs in with the password that all of the demonstration have."""
    known = Account.objects.filter(is_demonstration=True, is_official=True).order_by("id").first()
    if known is None or Account.objects.filter(username=OPERATOR).exists():
        return
    made = Account.objects.create(
        username=OPERATOR, display_name="Tổng đài viên 1022 (minh họa)", password=known.password, is_official=True,
        is_demonstration=True,
    )  # fmt: skip
    Position.objects.create(account=made, unit_id=desk, title="Tổng đài viên", begins_on=day)
    Grant.objects.create(account=made, role="field_reports.operator", unit_id=desk, begins_on=day)
