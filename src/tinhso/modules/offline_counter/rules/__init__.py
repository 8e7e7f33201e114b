"""What a counter may do without network, how far a reception has come, and what stands in the way of registering it.

A receipt signed at the counter is no registration, and says so: the dossier is received at the counter, then by the
province, then registered. A reception found wanting late never takes the citizen's receipt away; an official decides.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from tinhso.kernel.manifest import Entry, Readers, Role


class Permission(StrEnum):
    USE = "offline_counter.use"
    DECIDE = "offline_counter.decide"


ROLES = (
    Role("offline_counter.clerk", "Tiếp nhận khi mất mạng", frozenset({Permission.USE})),
    Role("offline_counter.decider", "Giải quyết vướng mắc của quầy mất mạng", frozenset(Permission)),
)
ENTRIES = (
    Entry("offline_counter.enrol", "{actor} đăng ký khóa ký cho quầy {counter}", Readers.OFFICIALS),
    Entry("offline_counter.revoke", "{actor} thu hồi khóa của quầy {counter}: {reason}", Readers.OFFICIALS),
    Entry("offline_counter.lease", "Quầy {counter} được cấp dải số {first} – {last}", Readers.OFFICIALS),
    Entry("offline_counter.give_back", "Quầy {counter} trả {count} số chưa dùng: {first} – {last}", Readers.OFFICIALS),
    Entry("offline_counter.store", "Tỉnh nhận biên nhận {code} do quầy {counter} gửi lên", Readers.OFFICIALS),
    Entry("offline_counter.register", "Biên nhận {code} đã được đăng ký thành hồ sơ {number}", Readers.OFFICIALS),
    Entry("offline_counter.hold", "Biên nhận {code} chờ giải quyết: {reasons}", Readers.OFFICIALS),
    Entry("offline_counter.decide", "{actor} quyết định về biên nhận {code}: {decision}. {reason}", Readers.OFFICIALS),
)  # fmt: skip

DAYS_AHEAD = 2  # numbers bear their day, so each day needs its own: today and so many days more
BLOCK_SIZE = 20
TOP_UP_BELOW = 8  # so few numbers left of a day: another block is leased
MOST_AGENCIES = 12
MOST_PROCEDURES = 400
MOST_LIVE_COUNTERS = 20  # of one unit: each is a browser at a counter
MOST_SKEW = timedelta(minutes=5)
TWINS_WITHIN = timedelta(days=60)


class State(StrEnum):
    """How far the province has come with a reception; before it arrives, only the counter knows of it."""

    STORED = "stored"
    REGISTERED = "registered"
    HELD = "held"
    MERGED = "merged"
    REJECTED = "rejected"


STATE_WORDS = {
    State.STORED: "Tỉnh đã nhận",
    State.REGISTERED: "Đã đăng ký",
    State.HELD: "Tỉnh đã nhận, chờ giải quyết vướng mắc",
    State.MERGED: "Đã nhập vào hồ sơ có trước",
    State.REJECTED: "Không đăng ký",
}
AT_COUNTER = "Đã nhận tại quầy"
DONE = (State.REGISTERED, State.MERGED, State.REJECTED)


class Decision(StrEnum):
    """What an official decides about a reception that was held."""

    REGISTER = "register"
    RENUMBER = "renumber"
    MERGE = "merge"
    REJECT = "reject"


DECISION_WORDS = {
    Decision.REGISTER: "đăng ký với số trên biên nhận",
    Decision.RENUMBER: "đăng ký với số khác, số trên biên nhận vẫn tra cứu được",
    Decision.MERGE: "nhập vào hồ sơ đã có",
    Decision.REJECT: "không đăng ký",
}


class Conflict(StrEnum):
    """Why a reception is not registered by itself."""

    SIGNATURE = "signature"
    COUNTER_REVOKED = "counter_revoked"
    RIGHT_REVOKED = "right_revoked"
    NUMBER_FOREIGN = "number_foreign"
    NUMBER_USED = "number_used"
    BLOCK_OVER = "block_over"
    CLOCK = "clock"
    APPLICANT = "applicant"
    PROCEDURE_GONE = "procedure_gone"
    PROCEDURE_CHANGED = "procedure_changed"
    PAPERS = "papers"
    TWIN = "twin"
    DUE = "due"


CONFLICT_WORDS = {
    Conflict.SIGNATURE: "Chữ ký của quầy không khớp nội dung.",
    Conflict.COUNTER_REVOKED: "Khóa ký của quầy đã bị thu hồi.",
    Conflict.RIGHT_REVOKED: "Cán bộ tiếp nhận không còn quyền tiếp nhận ở quầy này.",
    Conflict.NUMBER_FOREIGN: "Số không thuộc dải đã cấp cho quầy này.",
    Conflict.NUMBER_USED: "Số này đã dùng cho một hồ sơ khác.",
    Conflict.BLOCK_OVER: "Dải số đã hết hạn hoặc đã trả trước lúc tiếp nhận, hoặc không phải số của ngày tiếp nhận.",
    Conflict.CLOCK: "Đồng hồ của máy ở quầy lệch so với máy chủ.",
    Conflict.APPLICANT: "Số định danh hoặc mã số thuế của người nộp không hợp lệ.",
    Conflict.PROCEDURE_GONE: "Thủ tục không còn hiệu lực vào ngày tiếp nhận.",
    Conflict.PROCEDURE_CHANGED: "Thủ tục đã có bản mới so với bản quầy đang giữ.",
    Conflict.PAPERS: "Thiếu giấy tờ bắt buộc.",
    Conflict.TWIN: "Người nộp đã có hồ sơ của thủ tục này đang giải quyết.",
    Conflict.DUE: "Ngày hẹn trên biên nhận sớm hơn ngày tính theo quy định.",
}
ONLY_OTHER_NUMBER = frozenset({Conflict.NUMBER_FOREIGN, Conflict.NUMBER_USED})
"""With these the number on the receipt cannot become the dossier's own."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What the province found when it looked at a reception. ``skew``: how far the counter's corrected clock stood from
    the server's when it sent. ``version`` and ``current``: of the procedure, at the counter and on the day received."""

    is_signed: bool
    is_counter_live: bool
    may_receive: bool
    is_own_number: bool
    is_number_free: bool
    is_block_open: bool
    skew: timedelta
    is_late_time: bool
    is_applicant_possible: bool
    version: int
    current: int | None
    lacking: tuple[str, ...] = ()
    twins: int = 0
    promised: datetime | None = None
    due: datetime | None = None


def conflicts(seen: Seen) -> tuple[Conflict, ...]:
    """All that stands in the way, the weightiest first; empty when it may be registered by itself."""
    is_early = seen.promised is not None and seen.due is not None and seen.promised < seen.due
    found = {
        Conflict.SIGNATURE: not seen.is_signed,
        Conflict.COUNTER_REVOKED: not seen.is_counter_live,
        Conflict.RIGHT_REVOKED: not seen.may_receive,
        Conflict.NUMBER_FOREIGN: not seen.is_own_number,
        Conflict.NUMBER_USED: not seen.is_number_free,
        Conflict.BLOCK_OVER: seen.is_own_number and not seen.is_block_open,
        Conflict.CLOCK: abs(seen.skew) > MOST_SKEW or seen.is_late_time,
        Conflict.APPLICANT: not seen.is_applicant_possible,
        Conflict.PROCEDURE_GONE: seen.current is None,
        Conflict.PROCEDURE_CHANGED: seen.current is not None and seen.current != seen.version,
        Conflict.PAPERS: bool(seen.lacking),
        Conflict.TWIN: seen.twins > 0,
        Conflict.DUE: is_early,
    }
    return tuple(one for one, is_there in found.items() if is_there)


def true_moment(said: datetime, *, skew: timedelta, stored: datetime) -> datetime:
    """When it was received: as the receipt says, or by the server's clock where the counter's was wrong; never after
    the province had it."""
    moment = said - skew if abs(skew) > MOST_SKEW else said
    return min(moment, stored)


def may_decide(state: str, decision: Decision, reasons: frozenset[str]) -> bool:
    """Whether this decision is open: once only, and never a number that belongs to somebody else."""
    if state != State.HELD:
        return False
    return decision is not Decision.REGISTER or not (reasons & ONLY_OTHER_NUMBER)


def days_from(today: date) -> tuple[date, ...]:
    """The days for which numbers are leased."""
    return tuple(today + timedelta(days=ahead) for ahead in range(DAYS_AHEAD + 1))
