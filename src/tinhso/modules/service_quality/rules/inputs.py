"""What components are computed from: each input by its name, and where it comes from.

A month's tally holds counts that can be added up (``FLOWS``) and what stood at its end (``STOCK``). The other inputs
are worked out from tallies and the catalogue, or supplied by whoever knows them (``SUPPLIED``).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field

FLOWS = (
    "received", "online", "synced", "reused", "stored", "verified", "owing", "paid_online",
    "finished", "electronic", "digitised", "ended", "ended_late",
    "petitions", "petitions_late", "petitions_bad", "disliked", "copies",
)  # fmt: skip
STOCK = ("open", "open_late", "petitions_open_late")
COLUMNS = FLOWS + STOCK
SUPPLIED = {
    "published": "TTHC được công bố trong kỳ",
    "published_on_time": "TTHC được công bố đúng hạn",
    "updated": "TTHC phải cập nhật, công khai trong kỳ",
    "updated_on_time": "TTHC cập nhật, công khai đúng hạn",
}
TITLES: Mapping[str, str] = {
    **SUPPLIED,
    "received": "hồ sơ tiếp nhận trong kỳ",
    "online": "hồ sơ nộp trực tuyến",
    "synced": "hồ sơ đã đồng bộ lên Cổng DVCQG",
    "reused": "hồ sơ dùng lại giấy tờ đã số hóa",
    "stored": "hồ sơ có giấy tờ lấy từ hoặc lưu vào kho dữ liệu cá nhân",
    "verified": "hồ sơ có danh tính khớp dữ liệu dân cư",
    "owing": "hồ sơ phải nộp phí, lệ phí",
    "paid_online": "hồ sơ nộp phí, lệ phí trực tuyến",
    "finished": "hồ sơ đã có kết quả",
    "electronic": "hồ sơ có kết quả điện tử",
    "digitised": "hồ sơ số hóa đủ giấy tờ và có kết quả điện tử",
    "handled": "hồ sơ đã và đang giải quyết trong kỳ",
    "handled_on_time": "hồ sơ đúng hạn",
    "undisturbed": "hồ sơ không trễ hạn, không bị đánh giá không hài lòng",
    "procedures": "TTHC thuộc thẩm quyền",
    "complete_procedures": "TTHC công khai đủ bảy bộ phận",
    "services": "TTHC cung cấp dịch vụ công trực tuyến",
    "services_used": "dịch vụ công trực tuyến có hồ sơ trực tuyến",
    "fee_procedures": "TTHC có phí, lệ phí",
    "payable_procedures": "TTHC có phí, lệ phí nộp được trực tuyến",
    "paid_procedures": "TTHC có giao dịch thanh toán trực tuyến",
    "personal_procedures": "TTHC dành cho cá nhân",
    "verified_procedures": "TTHC có hồ sơ khớp dữ liệu dân cư",
    "full_received": "hồ sơ của TTHC toàn trình",
    "full_online": "hồ sơ toàn trình nộp trực tuyến",
    "obliged_units": "đơn vị phải chứng thực bản sao điện tử",
    "certifying_units": "đơn vị đã cấp bản sao chứng thực điện tử",
    "petitions_to_handle": "phản ánh, kiến nghị phải xử lý",
    "petitions_on_time": "phản ánh, kiến nghị xử lý đúng hạn",
    "petitions_good": "phản ánh, kiến nghị xử lý đúng hạn, không bị chê, không phải mở lại",
}


@dataclass(frozen=True, slots=True)
class Service:
    """A procedure of the catalogue, as far as the index asks about it."""

    code: str
    levels: tuple[str, ...]
    service_level: str  # full, partial, none
    has_fee: bool
    is_complete: bool
    for_persons: bool
    bodies: str = ""  # the agencies named in it, folded

    @property
    def is_service(self) -> bool:
        return self.service_level != "none"


@dataclass(slots=True)
class Tally:
    """Counts of one place: added up, and what each procedure had of them."""

    counts: dict[str, int] = field(default_factory=lambda: dict.fromkeys(COLUMNS, 0))
    by_procedure: dict[str, dict[str, int]] = field(default_factory=dict)

    def add(self, procedure: str, counts: Mapping[str, int]) -> None:
        own = self.by_procedure.setdefault(procedure, dict.fromkeys(COLUMNS, 0)) if procedure else {}
        for name, number in counts.items():
            self.counts[name] += number
            if procedure:
                own[name] += number

    @property
    def handled(self) -> int:
        return self.counts["ended"] + self.counts["open"]


def inputs_of(
    tally: Tally,
    services: Iterable[Service],
    *,
    obliged: int = 0,
    certifying: int = 0,
    supplied: Mapping[str, int] | None = None,
) -> dict[str, int]:
    """All inputs of one place, by name. ``services`` are the procedures within its competence."""
    counts = tally.counts
    own = tuple(services)
    late = counts["ended_late"] + counts["open_late"]
    handled = tally.handled
    to_handle = counts["petitions"] + counts["petitions_open_late"]
    return {
        **{name: counts[name] for name in ("received", "online", "synced", "reused", "stored", "verified", "owing")},
        **{name: counts[name] for name in ("paid_online", "finished", "electronic", "digitised")},
        "handled": handled,
        "handled_on_time": handled - late,
        "undisturbed": max(0, handled - late - counts["disliked"]),
        **_of_catalogue(tally.by_procedure, own),
        "obliged_units": obliged,
        "certifying_units": certifying,
        "petitions_to_handle": to_handle,
        "petitions_on_time": counts["petitions"] - counts["petitions_late"],
        "petitions_good": max(0, counts["petitions"] - counts["petitions_bad"]),
        **(supplied or {}),
    }


def _of_catalogue(done: Mapping[str, Mapping[str, int]], own: Collection[Service]) -> dict[str, int]:
    """How many procedures there are of each sort, and how many of them were used so."""

    def count(rule: Callable[[Service], bool], column: str = "") -> int:
        return sum(1 for one in own if rule(one) and (not column or done.get(one.code, {}).get(column, 0) > 0))

    full = [one.code for one in own if one.service_level == "full"]
    return {
        "procedures": len(own),
        "complete_procedures": count(lambda one: one.is_complete),
        "services": count(lambda one: one.is_service),
        "services_used": count(lambda one: one.is_service, "online"),
        "fee_procedures": count(lambda one: one.has_fee),
        "payable_procedures": count(lambda one: one.has_fee and one.is_service),
        "paid_procedures": count(lambda one: one.has_fee and one.is_service, "paid_online"),
        "personal_procedures": count(lambda one: one.for_persons),
        "verified_procedures": count(lambda one: one.for_persons, "verified"),
        "full_received": sum(done.get(code, {}).get("received", 0) for code in full),
        "full_online": sum(done.get(code, {}).get("online", 0) for code in full),
    }
