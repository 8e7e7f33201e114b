"""Handing cases over to an archive: one package, its receipt, and only then removal here.

Sources: Luật Lưu trữ 33/2024/QH15; Thông tư 05/2025/TT-BNV (package in folders ``uuid-{UUID}`` with METS, EAD and
PREMIS; retention codes; its number and layout from secondary sources: not confirmed).
"""

from __future__ import annotations

from enum import StrEnum

from tinhso.kernel.manifest import Entry, Readers


class HandoverState(StrEnum):
    PACKING = "packing"
    READY = "ready"
    RECEIVED = "received"
    REMOVING = "removing"
    REMOVED = "removed"
    GIVEN_UP = "given_up"


HANDOVER_NAMES = {
    HandoverState.PACKING: "Đang đóng gói",
    HandoverState.READY: "Chờ cơ quan lưu trữ nhận",
    HandoverState.RECEIVED: "Đã nhận, chưa xóa ở đây",
    HandoverState.REMOVING: "Đang xóa ở đây",
    HandoverState.REMOVED: "Đã nộp và xóa xong",
    HandoverState.GIVEN_UP: "Đã bỏ",
}
REMOVING = (HandoverState.REMOVING.value, HandoverState.REMOVED.value)
MOST_IN_A_PACKAGE = 500

HANDOVER_ENTRIES = (
    Entry("handover.propose", "{actor} lập gói nộp lưu trữ {number}: {count} hồ sơ", Readers.OFFICIALS),
    Entry("handover.packed", "Đã đóng gói {number}, mã kiểm tra {sha256}", Readers.OFFICIALS),
    Entry("handover.download", "{actor} tải gói {number}", Readers.OFFICIALS),
    Entry("handover.receive", "{actor} ghi nhận {archive} đã nhận gói {number}: {receipt}", Readers.OFFICIALS),
    Entry("handover.remove", "{actor} duyệt xóa ở đây những gì đã nộp trong gói {number}", Readers.OFFICIALS),
    Entry("handover.removed", "Đã xóa {count} hồ sơ đã nộp trong gói {number}", Readers.OFFICIALS),
    Entry("handover.give_up", "{actor} bỏ gói {number}: {reason}", Readers.OFFICIALS),
)
