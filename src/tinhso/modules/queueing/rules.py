"""What people queue for, who calls them, in which order, and how long they may expect to wait.

Numbers are shown to a whole room, so a ticket knows no name. Who is served first by law or custom (elderly people,
people with disabilities, pregnant women, people with small children) says so when taking a number.
"""

from __future__ import annotations

from enum import StrEnum

from tinhso.kernel.manifest import Entry, Readers, Role

LONGEST_WINDOW = 12
FRESH_SECONDS = 20  # so long a number just called stands out on the screen
FEWEST_CALLS = 3  # with fewer calls in the last hour nobody is promised a waiting time


class Permission(StrEnum):
    CALL = "queueing.call"
    MANAGE = "queueing.manage"


ROLES = (
    Role("queueing.caller", "Gọi số tại quầy", frozenset({Permission.CALL})),
    Role("queueing.manager", "Quản lý lấy số, gọi số", frozenset(Permission)),
)
ENTRIES = (
    Entry("queueing.take", "Lấy số {label}", Readers.OFFICIALS),
    Entry("queueing.call", "{actor} gọi số {label} vào {window} sau {waited} phút chờ", Readers.OFFICIALS),
    Entry("queueing.call_again", "{actor} gọi lại số {label}", Readers.OFFICIALS),
    Entry("queueing.absent", "{actor} ghi số {label} vắng mặt", Readers.OFFICIALS),
    Entry("queueing.finish", "{actor} phục vụ xong số {label} trong {served} phút", Readers.OFFICIALS),
    Entry("queueing.open_kiosk", "{actor} mở máy lấy số tại {unit}", Readers.OFFICIALS),
)


class Purpose(StrEnum):
    """What somebody comes for; each has its own letter and series of numbers."""

    SUBMIT = "submit"
    COLLECT = "collect"
    ASK = "ask"


LETTERS = {Purpose.SUBMIT: "A", Purpose.COLLECT: "B", Purpose.ASK: "C"}
PURPOSE_WORDS = {Purpose.SUBMIT: "Nộp hồ sơ", Purpose.COLLECT: "Nhận kết quả", Purpose.ASK: "Hỏi, được hướng dẫn"}


class State(StrEnum):
    WAITING = "waiting"
    CALLED = "called"
    ABSENT = "absent"
    SERVED = "served"


STATE_WORDS = {
    State.WAITING: "Đang chờ",
    State.CALLED: "Mời vào quầy",
    State.ABSENT: "Đã gọi, chưa có mặt",
    State.SERVED: "Đã phục vụ",
}


def label(purpose: str, number: int) -> str:
    """What the paper and the screen show: ``A017``."""
    return f"{LETTERS[Purpose(purpose)]}{number:03d}"


def series(unit_id: int, day: str, purpose: str) -> str:
    """The series a number is taken from: begins at 1 each day, for each shop and purpose."""
    return f"queue/{unit_id}/{day}/{LETTERS[Purpose(purpose)]}"


def minutes_to_wait(ahead: int, calls_last_hour: int) -> int | None:
    """How many minutes somebody with so many ahead may expect to wait, rounded up to five; None when unforeseeable."""
    if calls_last_hour < FEWEST_CALLS:
        return None
    minutes = (ahead + 1) * 60 / calls_last_hour
    return max(5, -(-int(minutes) // 5) * 5)
