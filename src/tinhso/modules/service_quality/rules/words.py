"""Rights, roles, journal entries, levels, and what is too small to be told in public."""

from __future__ import annotations

from enum import StrEnum

from tinhso.kernel.manifest import Entry, Readers, Role
from tinhso.kernel.units.rules import Kind


class Permission(StrEnum):
    MANAGE = "service_quality.manage"  # editions of the index


ROLES = (Role("service_quality.manager", "Quản lý chỉ số phục vụ", frozenset({Permission.MANAGE})),)
KIND, SEE = "dossier", "dossiers.see"  # whose right to see opens the index onto its dossiers
PETITION = "field_report"
LEVELS = {"tinh": "Cấp tỉnh", "so": "Sở, ban, ngành", "xa": "Xã, phường, đặc khu"}
_LEVEL_OF = {Kind.PROVINCE: "tinh", Kind.DEPARTMENT: "so", Kind.VERTICAL: "so"}
PROCEDURE = "procedure"  # what the index of a single procedure leaves out is said as for a level
# Of one procedure, fewer dossiers than this can point to a person whom neighbours know.
SMALLEST_SHOWN = 5
ENTRIES = (
    Entry(
        "service_quality.close",
        "Chốt chỉ số phục vụ {month}: {units} đơn vị, toàn tỉnh {total} điểm",
        Readers.OFFICIALS,
    ),
    Entry("service_quality.publish", "{actor} công bố cách tính {name} từ {valid_from}", Readers.OFFICIALS),
    Entry("service_quality.supply", "{actor} nhập số liệu {months} tháng cho chỉ số phục vụ", Readers.OFFICIALS),
)


def level_of(kind: str) -> str:
    """The level at which a body is ranked."""
    return _LEVEL_OF.get(Kind(kind), "xa")
