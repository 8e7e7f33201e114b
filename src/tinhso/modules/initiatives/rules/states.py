"""The lifecycle of an initiative as a table, and the rights that its moves ask for.

Ground: Nghị định 13/2012/NĐ-CP (Điều lệ Sáng kiến); points, quorum and days are the regulation's, as data.
"""

from __future__ import annotations

from enum import StrEnum

from tinhso.kernel.cases.rules import CaseKind, Clock, Lifecycle, Move, Party, Phase, State
from tinhso.kernel.manifest import Entry, Readers, Role


class Permission(StrEnum):
    SEE = "initiatives.see"
    MANAGE = "initiatives.manage"  # the secretary: councils, hand over to one, ask for more, note the effect
    JUDGE = "initiatives.judge"  # a member of a council; never on one's own
    DECIDE = "initiatives.decide"  # recognise or not


P = Permission
ROLES = (
    Role("initiatives.secretary", "Thường trực xét sáng kiến", frozenset({P.SEE, P.MANAGE})),
    Role("initiatives.member", "Thành viên hội đồng sáng kiến", frozenset({P.SEE, P.JUDGE})),
    Role("initiatives.head", "Lãnh đạo công nhận sáng kiến", frozenset({P.SEE, P.DECIDE})),
)

INITIATIVE = CaseKind(
    "initiative",
    "Sáng kiến",
    page="initiatives:detail",
    icon="lightbulb",
    lifecycle=Lifecycle(
        states=(
            State("proposed", "Đã gửi", Phase.OPEN),
            State("returned", "Chờ bổ sung", Phase.PAUSED),
            State("appraising", "Hội đồng đang chấm", Phase.OPEN),
            State("recognised", "Đã công nhận", Phase.CLOSED),
            State("refused", "Không công nhận", Phase.CLOSED),
            State("withdrawn", "Đã rút", Phase.CLOSED),
        ),
        moves=(
            Move("ask_more", "Đề nghị bổ sung", frozenset({"proposed"}), "returned", P.MANAGE, Clock.PAUSE),
            Move("resend", "Gửi lại", frozenset({"returned"}), "proposed", Party.OWNER, Clock.RESUME),
            Move("withdraw", "Rút", frozenset({"proposed", "returned"}), "withdrawn", Party.OWNER, Clock.STOP),
            Move("appraise", "Chuyển hội đồng", frozenset({"proposed"}), "appraising", P.MANAGE),
            Move("judge", "Chấm điểm", frozenset({"appraising"}), None, P.JUDGE),
            Move("recognise", "Công nhận", frozenset({"appraising"}), "recognised", P.DECIDE, Clock.STOP),
            Move("refuse", "Không công nhận", frozenset({"proposed", "appraising"}), "refused", P.DECIDE, Clock.STOP),
            Move("note_effect", "Ghi hiệu quả áp dụng", frozenset({"recognised"}), None, P.MANAGE),
        ),
    ),
    see=P.SEE,
    work=P.MANAGE,
)


def _entry(verb: str, sentence: str, readers: Readers = Readers.PARTIES) -> Entry:
    return Entry(f"initiative.{verb}", sentence, readers)


ENTRIES = (
    _entry("propose", "{actor} gửi sáng kiến"),
    _entry("ask_more", "{actor} đề nghị bổ sung: {words}"),
    _entry("resend", "{actor} bổ sung và gửi lại"),
    _entry("withdraw", "{actor} rút sáng kiến"),
    _entry("appraise", "{actor} chuyển {council}"),
    _entry("judge", "{actor} chấm điểm", Readers.OFFICIALS),
    _entry("recognise", "Công nhận sáng kiến theo Quyết định {number}, {total} điểm"),
    _entry("refuse", "{actor} không công nhận: {words}"),
    _entry("note_effect", "{actor} ghi hiệu quả áp dụng: {words}"),
    Entry("initiatives.regulation", "{actor} công bố quy chế xét sáng kiến, bản {number}", Readers.OFFICIALS),
    Entry("initiatives.council", "{actor} lập {name}: {members} thành viên", Readers.OFFICIALS),
)

FIELDS = {
    "digital": "Chuyển đổi số", "procedure": "Cải cách hành chính", "education": "Giáo dục", "health": "Y tế",
    "agriculture": "Nông nghiệp, môi trường", "economy": "Kinh tế, hạ tầng", "society": "Văn hóa, xã hội",
    "other": "Lĩnh vực khác",
}  # fmt: skip
