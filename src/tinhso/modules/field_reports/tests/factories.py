"""A province with its 1022 desk, a commune that handles, and reports as people send them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from tinhso.kernel.people.models import Account
from tinhso.kernel.people.queries import actor_of
from tinhso.kernel.people.rules import Actor
from tinhso.kernel.testing import people, province
from tinhso.kernel.units.models import Unit
from tinhso.modules.field_reports.actions import editions, filing
from tinhso.modules.field_reports.models import Report
from tinhso.modules.field_reports.rules.places import Point
from tinhso.modules.field_reports.rules.states import Channel

MONDAY = datetime(2026, 11, 16, 2, tzinfo=UTC)  # 9 o'clock in Vietnam
WORDS = "Ổ gà rất sâu trước chợ, xe máy té nhiều lần."
PHONE = "+84912345678"


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
