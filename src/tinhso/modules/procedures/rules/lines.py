"""Parts of a content as lines of text that officials edit: one row a line, columns between ``|``.

What the columns do not show (conditions, reductions, …) stays as it was: rows are matched by their code, or by their
place where they have none.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tinhso.kernel.numerals import is_whole
from tinhso.modules.procedures.rules.answers import parse_number
from tinhso.modules.procedures.rules.content import CHANNELS, DATA_SOURCES, FEE_KINDS, ROLES, STEP_KINDS, Malformed

MOST_LINES = 300
LONGEST_LINE = 2000


@dataclass(frozen=True, slots=True)
class Column:
    """``names`` translates codes into words and back; ``kind``: text, number, codes (several, between commas)."""

    key: str
    title: str
    kind: str = "text"
    names: Mapping[str, str] | None = None
    default: Any = ""


@dataclass(frozen=True, slots=True)
class Table:
    title: str
    columns: tuple[Column, ...]
    identity: str = ""

    @property
    def heading(self) -> str:
        """The columns as a hint above the field."""
        return " | ".join(column.title for column in self.columns)


KINDS = {"submit": "nộp", "present": "xuất trình"}
AMOUNT_UNITS = {"working_day": "ngày làm việc", "day": "ngày", "hour": "giờ", "unknown": "chưa rõ"}

TABLES = {
    "components": Table(
        "Giấy tờ",
        (
            Column("code", "Mã"),
            Column("name", "Tên giấy tờ"),
            Column("originals", "Bản chính", "number", default=1),
            Column("copies", "Bản sao", "number", default=0),
            Column("kind", "nộp/xuất trình", names=KINDS, default="submit"),
            Column("when", "Khi nào cần"),
            Column("replace_by_data", "Dữ liệu thay", names={code: code for code in DATA_SOURCES}),
            Column("branches", "Trường hợp", "codes", default=()),
        ),
        "code",
    ),
    "fees": Table(
        "Phí, lệ phí",
        (
            Column(
                "kind", "phí/lệ phí", names={code: name.lower() for code, name in FEE_KINDS.items()}, default="le_phi"
            ),
            Column("channel", "Cách nộp", names={code: name.lower() for code, name in CHANNELS.items()}),
            Column("amount", "Mức thu (đồng)", "number", default=None),
            Column("per", "Tính theo"),
            Column("note", "Ghi chú"),
        ),
    ),
    "branches": Table(
        "Trường hợp",
        (
            Column("code", "Mã"),
            Column("name", "Tên"),
            Column("question", "Câu hỏi"),
            Column("hint", "Gợi ý"),
            Column("limit_amount", "Thời hạn riêng", "number", default=None),
            Column("limit_unit", "Đơn vị", names=AMOUNT_UNITS),
        ),
        "code",
    ),
    "results": Table("Kết quả", (Column("name", "Tên kết quả"), Column("code", "Mã giấy tờ"))),
    "legal_basis": Table("Căn cứ pháp lý", (Column("number", "Số, ký hiệu"), Column("title", "Tên văn bản")), "number"),
    "process": Table(
        "Quy trình nội bộ",
        (
            Column("key", "Mã bước"),
            Column("name", "Tên bước"),
            Column("kind", "Loại", names={code: name.lower() for code, name in STEP_KINDS.items()}),
            Column("role", "Vai trò", names={code: name.lower() for code, name in ROLES.items()}),
            Column("at", "Nơi làm", names=None, default="resolving"),
            Column("amount", "Thời gian", "number", default="0"),
            Column("unit", "Đơn vị", names={"working_day": "ngày", "hour": "giờ"}, default="working_day"),
        ),
        "key",
    ),
}


def to_lines(part: str, rows: Sequence[Mapping[str, Any]]) -> str:
    """Rows as text, one a line; trailing empty columns are left out."""
    table = TABLES[part]
    return "\n".join(" | ".join(_show(column, row) for column in table.columns).rstrip(" |") for row in rows)


def _show(column: Column, row: Mapping[str, Any]) -> str:
    value = row.get(column.key, column.default)
    if value is None or value == "":
        return ""
    if column.kind == "codes":
        return ", ".join(value)
    if column.kind == "number":
        return _number_words(value)
    return (column.names or {}).get(str(value), str(value)).replace("|", "/").replace("\n", " ")


def _number_words(value: Any) -> str:
    text = str(value)
    if is_whole(text) and len(text) > 3:
        return f"{int(text):,}".replace(",", ".")
    return text.replace(".", ",")


def from_lines(part: str, text: str, before: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Text back into rows. Raises Malformed naming the line and the column that cannot be read."""
    table = TABLES[part]
    lines = [line for line in text.replace("\r\n", "\n").split("\n") if line.strip()]
    if len(lines) > MOST_LINES:
        raise Malformed(f"{table.title}: tối đa {MOST_LINES} dòng.")
    known = {str(row.get(table.identity)): row for row in before} if table.identity else {}
    rows = []
    for number, line in enumerate(lines, 1):
        if len(line) > LONGEST_LINE:
            raise Malformed(f"{table.title}, dòng {number}: dài quá {LONGEST_LINE} ký tự.")
        row = _read(table, number, [cell.strip() for cell in line.split("|")])
        kept = known.get(str(row.get(table.identity))) if table.identity else _same_place(before, number, row)
        rows.append({**(kept or {}), **row})
    return rows


def _same_place(before: Sequence[Mapping[str, Any]], number: int, row: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """The row at the same place, when it is still about the same thing."""
    old = before[number - 1] if number <= len(before) else None
    first = next(iter(row))
    return old if old is not None and old.get(first) == row[first] else None


def _read(table: Table, number: int, cells: list[str]) -> dict[str, Any]:
    if len(cells) > len(table.columns):
        raise Malformed(f"{table.title}, dòng {number}: thừa cột. Các cột: {table.heading}.")
    cells += [""] * (len(table.columns) - len(cells))
    row = {}
    for place, (column, cell) in enumerate(zip(table.columns, cells, strict=True)):
        if place < 2 and not cell and column.default == "" and column.names is None and column.key != "code":
            raise Malformed(f"{table.title}, dòng {number}: ghi “{column.title}”.")
        row[column.key] = _value(table, number, column, cell)
    return row


def _value(table: Table, number: int, column: Column, cell: str) -> Any:
    if not cell:
        return list(column.default) if column.kind == "codes" else column.default
    if column.kind == "codes":
        return [code.strip() for code in cell.split(",") if code.strip()]
    if column.kind == "number":
        found = parse_number(cell)
        if found is None:
            raise Malformed(f"{table.title}, dòng {number}, cột {column.title}: “{cell[:40]}” không phải là số.")
        return int(found) if found == found.to_integral_value() else str(found)
    if column.names is None:
        return cell
    wanted = cell.lower()
    for code, name in column.names.items():
        if wanted in (code, name):
            return code
    allowed = ", ".join(column.names.values())
    raise Malformed(f"{table.title}, dòng {number}, cột {column.title}: “{cell[:40]}” không có. Dùng: {allowed}.")
