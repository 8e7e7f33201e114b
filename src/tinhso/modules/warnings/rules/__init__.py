"""What can be warned of, how serious it is, who may do what with a bulletin, and what a bulletin must say.

A warning is one event; its bulletins are what was said of it one after another. At most one of them holds.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum, StrEnum

from tinhso.kernel.errors import Refusal
from tinhso.kernel.manifest import Entry, Readers, Role

LONGEST_TITLE, LONGEST_BODY, LONGEST_ADVICE = 160, 2000, 1000
LONGEST_LIFE = timedelta(days=30)  # our choice: what holds longer is looked at again and updated
MOST_AREAS = 200
BATCH = 200  # people told by one job
PAUSE_SECONDS = 1  # between two jobs; other notices get through besides, since theirs are carried first


class Permission(StrEnum):
    WRITE = "warnings.write"
    APPROVE = "warnings.approve"


ROLES = (
    Role("warnings.writer", "Soạn cảnh báo", frozenset({Permission.WRITE})),
    Role("warnings.approver", "Duyệt cảnh báo", frozenset(Permission)),
)
ENTRIES = (
    Entry("warnings.draft", "{actor} soạn bản tin {code}, lần {number}", Readers.OFFICIALS),
    Entry("warnings.change", "{actor} sửa bản tin {code}, lần {number}", Readers.OFFICIALS),
    Entry("warnings.submit", "{actor} trình duyệt bản tin {code}, lần {number}", Readers.OFFICIALS),
    Entry("warnings.send_back", "{actor} trả lại bản tin {code}: {reason}", Readers.OFFICIALS),
    Entry("warnings.publish", "{actor} duyệt và công bố bản tin {code}, lần {number}", Readers.OFFICIALS),
    Entry("warnings.withdraw", "{actor} rút cảnh báo {code}: {reason}", Readers.OFFICIALS),
    Entry("warnings.spread", "Đã báo bản tin {code} đến {told} người", Readers.OFFICIALS),
)


class Kind(StrEnum):
    FRAUD = "fraud"
    WEATHER = "weather"
    FLOOD = "flood"
    FIRE = "fire"
    POWER = "power"
    WATER = "water"
    TRAFFIC = "traffic"
    HEALTH = "health"
    OTHER = "other"


# Name, icon, category of the Common Alerting Protocol (CAP 1.2, 3.2.2 <category>).
KINDS = {
    Kind.FRAUD: ("Lừa đảo, an ninh mạng", "shield-alert", "Security"),
    Kind.WEATHER: ("Thời tiết", "cloud-lightning", "Met"),
    Kind.FLOOD: ("Ngập lụt, sạt lở", "waves", "Met"),
    Kind.FIRE: ("Cháy nổ", "flame", "Fire"),
    Kind.POWER: ("Mất điện", "zap-off", "Infra"),
    Kind.WATER: ("Cấp nước", "droplets", "Infra"),
    Kind.TRAFFIC: ("Giao thông", "traffic-cone", "Transport"),
    Kind.HEALTH: ("Dịch bệnh, sức khỏe", "activity", "Health"),
    Kind.OTHER: ("Khác", "megaphone", "Other"),
}
KIND_NAMES = {kind: said[0] for kind, said in KINDS.items()}


class Level(IntEnum):
    """How serious it is; the two upper levels reach people in their quiet hours too."""

    NEWS = 1
    CARE = 2
    DANGER = 3
    EMERGENCY = 4

    @property
    def is_urgent(self) -> bool:
        return self >= Level.DANGER


# Name, colour of the tag, <severity> of CAP 1.2.
LEVELS = {
    Level.NEWS: ("Thông tin", "info", "Minor"),
    Level.CARE: ("Chú ý", "warn", "Moderate"),
    Level.DANGER: ("Nguy hiểm", "bad", "Severe"),
    Level.EMERGENCY: ("Khẩn cấp", "bad", "Extreme"),
}
LEVEL_NAMES = {level: said[0] for level, said in LEVELS.items()}


class State(StrEnum):
    """Where a bulletin stands. ``published`` holds until it expires, is replaced by the next one or withdrawn."""

    DRAFT = "draft"
    WAITING = "waiting"
    PUBLISHED = "published"
    REPLACED = "replaced"
    WITHDRAWN = "withdrawn"


STATE_NAMES = {
    State.DRAFT: "Đang soạn",
    State.WAITING: "Chờ duyệt",
    State.PUBLISHED: "Đã công bố",
    State.REPLACED: "Đã có bản mới",
    State.WITHDRAWN: "Đã rút",
}
UNSAID = (State.DRAFT.value, State.WAITING.value)


class Verb(StrEnum):
    CHANGE = "change"
    SUBMIT = "submit"
    SEND_BACK = "send_back"
    PUBLISH = "publish"
    UPDATE = "update"
    WITHDRAW = "withdraw"


# What may be done from which state, and who may.
MOVES = {
    Verb.CHANGE: (State.DRAFT, Permission.WRITE),
    Verb.SUBMIT: (State.DRAFT, Permission.WRITE),
    Verb.SEND_BACK: (State.WAITING, Permission.APPROVE),
    Verb.PUBLISH: (State.WAITING, Permission.APPROVE),
    Verb.UPDATE: (State.PUBLISHED, Permission.WRITE),
    Verb.WITHDRAW: (State.PUBLISHED, Permission.APPROVE),
}


def check_move(verb: Verb, state: str) -> None:
    """Raises Refusal ``warnings.not_now`` when the bulletin's state does not allow it."""
    if MOVES[verb][0] != state:
        raise Refusal("warnings.not_now", "Bản tin đã chuyển sang bước khác. Tải lại trang để xem.")


def check_second_person(written_by: int | None, approver: int | None) -> None:
    """Whoever wrote a bulletin does not publish it. Raises Refusal ``warnings.same_person``."""
    if written_by == approver:
        raise Refusal("warnings.same_person", "Người soạn không tự duyệt. Cần người thứ hai đọc lại và duyệt.")


@dataclass(frozen=True, slots=True)
class Text:
    """What a bulletin says. ``begins_at`` may lie ahead; ``areas`` are units by id."""

    title: str
    body: str
    advice: str
    level: int
    begins_at: datetime
    expires_at: datetime
    areas: frozenset[int]


def check_text(text: Text, at: datetime) -> None:
    """Raises Refusal naming the field that must be mended."""
    limits = (("title", text.title, 5, LONGEST_TITLE), ("body", text.body, 10, LONGEST_BODY))
    for field, said, least, most in limits:
        if not least <= len(said) <= most:
            raise Refusal("warnings.words", f"Viết từ {least} đến {most} ký tự.", field=field)
    if len(text.advice) > LONGEST_ADVICE:
        raise Refusal("warnings.words", f"Viết tối đa {LONGEST_ADVICE} ký tự.", field="advice")
    if text.level not in set(Level):
        raise Refusal("warnings.level", "Chọn mức độ.", field="level")
    if not 0 < len(text.areas) <= MOST_AREAS:
        raise Refusal("warnings.areas", "Chọn ít nhất một nơi.", field="areas")
    check_times(text.begins_at, text.expires_at, at)


def check_times(begins_at: datetime, expires_at: datetime, at: datetime) -> None:
    """Raises Refusal for a bulletin that is over, ends before it begins or holds longer than a month."""
    if expires_at <= max(begins_at, at):
        raise Refusal("warnings.over", "Chọn lúc hết hiệu lực sau bây giờ và sau lúc bắt đầu.", field="expires_at")
    if expires_at - max(begins_at, at) > LONGEST_LIFE:
        raise Refusal(
            "warnings.too_long", "Cảnh báo có hiệu lực tối đa 30 ngày; dài hơn thì cập nhật.", field="expires_at"
        )


def audience(areas: Collection[int], below: Collection[int], above: Collection[int]) -> frozenset[int]:
    """Subscriptions on which units are concerned: the areas, what stands below them and what they are part of."""
    return frozenset(areas) | frozenset(below) | frozenset(above)
