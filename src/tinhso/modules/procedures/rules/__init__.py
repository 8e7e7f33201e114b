"""What a procedure is, when it may be published, what its form accepts: pure, no Django, no database, no now."""

from __future__ import annotations

from enum import StrEnum

from tinhso.kernel.manifest import Entry, Readers, Role


class Permission(StrEnum):
    """Rights about the catalogue of procedures."""

    EDIT = "procedures.edit"
    PUBLISH = "procedures.publish"


CONTROLLER = Role(
    "procedures.controller",
    "Cán bộ kiểm soát thủ tục hành chính",
    frozenset({Permission.EDIT, Permission.PUBLISH}),
)

ENTRIES = (
    Entry("procedures.drafted", "{actor} soạn bản số {number} của thủ tục {code}.", Readers.OFFICIALS),
    Entry(
        "procedures.published", "{actor} công bố bản số {number} của thủ tục {code} từ {valid_from}.", Readers.PUBLIC
    ),
    Entry("procedures.replaced", "Bản số {number} của thủ tục {code} hết hiệu lực từ {valid_to}.", Readers.PUBLIC),
    Entry("procedures.ended", "{actor} bãi bỏ thủ tục {code}, ngày cuối {valid_to}.", Readers.PUBLIC),
    Entry(
        "procedures.imported",
        "{actor} nhập danh mục: {created} mới, {changed} thay đổi, {same} không đổi, {failed} lỗi.",
        Readers.OFFICIALS,
    ),
)


def subject_of(code: str) -> str:
    """The name under which a procedure's history is kept."""
    return f"procedure/{code}"
