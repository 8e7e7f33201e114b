"""A province with its 1022 desk, a commune that handles, and reports as people send them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO
from random import Random
from typing import Any

from PIL import Image

from tinhso.kernel.cases.models import Case
from tinhso.kernel.files import actions as files
from tinhso.kernel.files.queries import open_attachment
from tinhso.kernel.files.rules import JPEG
from tinhso.kernel.people.models import Account
from tinhso.kernel.people.queries import actor_of
from tinhso.kernel.people.rules import SYSTEM, Actor
from tinhso.kernel.pictures import opening
from tinhso.kernel.testing import people, province
from tinhso.kernel.units.models import Unit
from tinhso.modules.field_reports.actions import editions, filing, handling, triage
from tinhso.modules.field_reports.models import Assignment, Extension, Follower, Photo, Rating, Report
from tinhso.modules.field_reports.rules.places import Point
from tinhso.modules.field_reports.rules.states import Channel

MONDAY = datetime(2026, 11, 16, 2, tzinfo=UTC)  # 9 o'clock in Vietnam
WORDS = "Ổ gà rất sâu trước chợ, xe máy té nhiều lần."
PHONE = "+84912345678"
DONE = "Đã vá ổ gà bằng nhựa nóng, xe đi lại bình thường."
OWN = (Assignment, Extension, Follower, Photo, Rating)


@dataclass(frozen=True)
class World:
    """``commune`` handles what lies around its centre, ``department`` what is the province's."""

    here: province.Province
    desk: Unit
    operator: Account
    handler: Account
    leader: Account
    outsider: Account
    lan: Account

    @property
    def centre(self) -> Point:
        commune = self.here.commune
        assert commune.latitude is not None
        assert commune.longitude is not None
        return Point(commune.latitude, commune.longitude)


def world() -> World:
    here = province.found()
    editions.load_seeds(at=MONDAY)
    desk = Unit.objects.get(code=f"{province.PROVINCE}-skhcn-ttcds")
    return World(
        here=here,
        desk=desk,
        operator=people.official("tong_dai", desk, "field_reports.operator"),
        handler=people.official("can_bo", here.commune, "field_reports.handler"),
        leader=people.official("lanh_dao", here.commune, "field_reports.leader"),
        outsider=people.official("xa_khac", here.other, "field_reports.leader"),
        lan=people.citizen("lan"),
    )


def act(account: Account) -> Actor:
    return actor_of(account)


def new(world: World, **more: Any) -> filing.NewReport:
    """A pothole at the commune's centre, told by telephone (so that no photo is needed)."""
    given: dict[str, Any] = {
        "text": WORDS,
        "channel": Channel.PHONE,
        "category": "GT01",
        "place": world.centre,
        "address": "Trước chợ",
        "sender": filing.Sender(name="Nguyễn Thị Lan", phone=PHONE),
    }
    return filing.NewReport(**(given | more))


def filed(world: World, at: datetime = MONDAY, **more: Any) -> Report:
    return filing.file(new(world, **more), at=at)


def accepted(world: World, at: datetime = MONDAY, **more: Any) -> Report:
    """Accepted by the desk and with the unit responsible."""
    report = filed(world, at, **more)
    return triage.accept(
        report_id=report.pk, category=report.category, level=report.level, by=act(world.operator), at=at
    )


def picture(seed: int = 0, place: Point | None = None) -> filing.NewPhoto:
    """A stored photo that says where it was taken; another picture for each seed."""
    chance = Random(seed)
    drawn = Image.frombytes("RGB", (16, 16), chance.randbytes(768)).resize((160, 160))
    out = BytesIO()
    drawn.save(out, "JPEG")
    kept = files.store_made(out.getvalue(), name="anh.jpg", purpose="field_reports.photo", media_type=JPEG)
    with open_attachment(kept) as stream:
        seen = opening.look(stream, name="anh.jpg", at=MONDAY)
    where = (place.latitude, place.longitude) if place else (None, None)
    return filing.NewPhoto(kept, *where, fingerprint=seen.fingerprint)


def answered(world: World, at: datetime = MONDAY, seed: int = 1, **more: Any) -> Report:
    """Answered with a fresh photo from the place, waiting for the leader."""
    report = accepted(world, at, **more)
    photos = [picture(seed, world.centre)]
    return handling.answer(report_id=report.pk, text=DONE, photos=photos, by=act(world.handler), at=at)


def approved(world: World, at: datetime = MONDAY, **more: Any) -> Report:
    report = answered(world, at, **more)
    return handling.approve(report_id=report.pk, by=act(world.leader), at=at)


def snapshot(report: Report) -> tuple[Any, ...]:
    """All that a refused act must leave as it was."""
    case = Case.objects.get(pk=report.pk)
    rows = [list(model.objects.filter(report_id=report.pk).order_by("pk").values()) for model in OWN]
    return (case.state, case.unit_id, case.journal_seq, case.due_at, Report.objects.values().get(pk=report.pk), rows)


def sent_by(account: Account, commune: Unit, *, at: datetime = MONDAY) -> Report:
    """A report with a photo that this account sent, accepted and with the commune; for tests of the whole."""
    editions.load_seeds(at=at)
    assert commune.latitude is not None
    assert commune.longitude is not None
    place = Point(commune.latitude, commune.longitude)
    given = filing.NewReport(
        text=WORDS,
        channel=Channel.APP,
        category="GT01",
        place=place,
        photos=[picture(1)],
        sender=filing.Sender(account_id=account.pk, phone=PHONE),
    )
    report = filing.file(given, at=at)
    return triage.accept(report_id=report.pk, category="GT01", level="normal", by=SYSTEM, at=at)
