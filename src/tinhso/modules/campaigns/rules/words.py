"""Rights, roles, entries, states and moves of a campaign and of an award."""

from __future__ import annotations

from enum import StrEnum

from tinhso.kernel.manifest import Entry, Readers, Role


class Permission(StrEnum):
    SEE = "campaigns.see"  # running campaigns and their leaderboards
    MANAGE = "campaigns.manage"  # begin, change the rules, freeze, propose awards
    DECIDE = "campaigns.decide"  # the council: decide on awards, never on one's own unit's


P = Permission
ROLES = (
    Role("campaigns.viewer", "Theo dõi phong trào thi đua", frozenset({P.SEE})),
    Role("campaigns.manager", "Quản lý phong trào thi đua", frozenset({P.SEE, P.MANAGE})),
    Role("campaigns.council", "Hội đồng thi đua, khen thưởng", frozenset({P.SEE, P.DECIDE})),
)


def _entry(verb: str, sentence: str, readers: Readers = Readers.OFFICIALS) -> Entry:
    return Entry(f"campaigns.{verb}", sentence, readers)


ENTRIES = (
    _entry("begin", "{actor} phát động {name} với {units} đơn vị"),
    _entry("change_rules", "{actor} sửa thể lệ, bản {number} từ {since}: {words}"),
    _entry("withdraw", "{actor} đưa {unit} ra khỏi phong trào: {words}"),
    _entry("freeze", "{actor} chốt kết quả {name}: {units} đơn vị, mã kiểm {hash}"),
    _entry("propose", "{actor} đề nghị tặng {award} cho {unit}"),
    _entry("settle", "{actor} {outcome} {award} cho {unit}"),
    _entry("decide", "{actor} công bố Quyết định {number}: {awards} đơn vị được khen thưởng", Readers.PUBLIC),
)


class CampaignState(StrEnum):
    """Running: the leaderboard lives. Frozen: places stand. Decided: awards are public."""

    RUNNING = "running"
    FROZEN = "frozen"
    DECIDED = "decided"


STATES = {  # words, colour of the tag
    CampaignState.RUNNING: ("Đang diễn ra", "info"), CampaignState.FROZEN: ("Đã chốt, đang xét khen thưởng", "wait"),
    CampaignState.DECIDED: ("Đã công bố", "ok"),
}  # fmt: skip
MOVES: dict[str, frozenset[CampaignState]] = {
    "project": frozenset({CampaignState.RUNNING}),
    "change_rules": frozenset({CampaignState.RUNNING}),
    "withdraw": frozenset({CampaignState.RUNNING}),
    "freeze": frozenset({CampaignState.RUNNING}),
    "propose": frozenset({CampaignState.FROZEN}),
    "settle": frozenset({CampaignState.FROZEN}),
    "decide": frozenset({CampaignState.FROZEN}),
}


class AwardState(StrEnum):
    PROPOSED = "proposed"
    GRANTED = "granted"
    REFUSED = "refused"


AWARD_STATES = {
    AwardState.PROPOSED: ("Đề nghị", "wait"),
    AwardState.GRANTED: ("Tặng", "ok"),
    AwardState.REFUSED: ("Không tặng", "bad"),
}
