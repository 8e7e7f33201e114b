"""Rights, roles, journal entries and the words of the trade."""

from __future__ import annotations

from enum import StrEnum

from tinhso.kernel.manifest import Entry, Readers, Role


class Permission(StrEnum):
    SEE = "indicators.see"  # all indicators of all units: figures, never a person
    REPORT = "indicators.report"  # figures and notes of the units in scope
    MANAGE = "indicators.manage"  # definitions and targets


ROLES = (
    Role("indicators.viewer", "Người theo dõi chỉ tiêu", frozenset({Permission.SEE})),
    Role("indicators.reporter", "Cán bộ báo số liệu chỉ tiêu", frozenset({Permission.SEE, Permission.REPORT})),
    Role(
        "indicators.manager",
        "Quản lý chỉ tiêu, mục tiêu",
        frozenset({Permission.SEE, Permission.REPORT, Permission.MANAGE}),
    ),
)

ENTRIES = (
    Entry("indicators.define", "{actor} công bố định nghĩa chỉ tiêu {name}, bản số {number}", Readers.OFFICIALS),
    Entry("indicators.set_target", "{actor} đặt mục tiêu {year} của {unit_name}: {value}", Readers.OFFICIALS),
    Entry("indicators.report", "{actor} ghi số liệu {period} của {unit_name}", Readers.OFFICIALS),
    Entry("indicators.import", "{actor} nhập {rows} dòng số liệu", Readers.OFFICIALS),
    Entry("indicators.note", "{actor} ghi nguyên nhân, giải pháp {period} của {unit_name}", Readers.OFFICIALS),
    Entry(
        "indicators.correct", "Số liệu {period} của {unit_name} được tính lại: {was} thành {value}", Readers.OFFICIALS
    ),
)


class Direction(StrEnum):
    """Whether more is better or less is."""

    UP = "up"
    DOWN = "down"


class Frequency(StrEnum):
    """How often there is a value; what is known by the day is shown by the month."""

    REALTIME = "realtime"
    DAY = "day"
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"


class Rounding(StrEnum):
    """How published values are cut to their last place."""

    TRUNCATED = "truncated"
    ROUNDED = "rounded"


class Verdict(StrEnum):
    """How a value stands to its target, from the best to the worst."""

    EXCEEDED = "exceeded"
    MET = "met"
    NEARLY = "nearly"
    BEHIND = "behind"
    FAR_BEHIND = "far_behind"
    NO_VALUE = "no_value"
    NO_TARGET = "no_target"


FREQUENCY_NAMES = {
    Frequency.REALTIME: "tức thời", Frequency.DAY: "ngày", Frequency.MONTH: "tháng", Frequency.QUARTER: "quý",
    Frequency.YEAR: "năm",
}  # fmt: skip
DIRECTION_NAMES = {Direction.UP: "càng cao càng tốt", Direction.DOWN: "càng thấp càng tốt"}
ROUNDING_NAMES = {
    Rounding.TRUNCATED: "cắt bớt, không làm tròn", Rounding.ROUNDED: "làm tròn",
}  # fmt: skip
EXACT = "đúng số"
CUT_WORDS = {Rounding.ROUNDED: "đã làm tròn", Rounding.TRUNCATED: "đã cắt bớt"}
VERDICT_NAMES = {
    Verdict.EXCEEDED: "Vượt", Verdict.MET: "Đạt", Verdict.NEARLY: "Xấp xỉ đạt", Verdict.BEHIND: "Chậm",
    Verdict.FAR_BEHIND: "Rất chậm", Verdict.NO_VALUE: "Chưa có số liệu", Verdict.NO_TARGET: "Chưa có mục tiêu",
}  # fmt: skip
VERDICT_LOOKS = {  # colour and icon of each, from the design's set
    Verdict.EXCEEDED: ("ok", "circle-check"), Verdict.MET: ("ok", "circle-check"), Verdict.NEARLY: ("warn", "clock"),
    Verdict.BEHIND: ("bad", "clock-alert"), Verdict.FAR_BEHIND: ("bad", "triangle-alert"),
    Verdict.NO_VALUE: ("", "circle-help"), Verdict.NO_TARGET: ("", "circle-help"),
}  # fmt: skip
DOMAIN_NAMES = {
    "digital_government": "Chính quyền số", "digital_economy": "Kinh tế số", "digital_society": "Xã hội số",
    "infrastructure": "Hạ tầng số", "workforce": "Nhân lực số", "security": "An toàn thông tin",
    "service": "Dịch vụ công", "other": "Khác",
}  # fmt: skip
LEVEL_NAMES = {
    "province": "Tỉnh",
    "department": "Sở, ngành",
    "district": "Huyện (trước 7/2025)",
    "commune": "Xã, phường",
}
# Unit of measure: its words, its sign after a number, and by how much the quotient is multiplied.
MEASURES: dict[str, tuple[str, str, int]] = {
    "percent": ("phần trăm", "%", 100),
    "per_100": ("trên 100 dân", "", 100),
    "per_1000": ("trên 1.000 dân", "", 1000),
    "count": ("số lượng", "", 1),
    "points": ("điểm", "", 1),
    "index": ("chỉ số từ 0 đến 1", "", 1),
    "dong": ("đồng", "", 1),
}
