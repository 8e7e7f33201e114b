"""What comes back from people as an Excel file, read cell by cell.

Nothing of a file is believed: it is measured before it is unpacked; macros, merged cells, formulas and foreign files
are refused with the place and what to do; cells are found by the codes in the first column and the code row.
"""

from __future__ import annotations

import hashlib
import io
import re
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from tinhso.kernel.errors import Refusal
from tinhso.modules.reporting.queries.workbooks import CODE_ROW, SHEET
from tinhso.modules.reporting.rules.sheets import Cell, Kind, Template

LARGEST_FILE = 5 * 1024 * 1024
LARGEST_UNPACKED = 40 * 1024 * 1024
MOST_PARTS = 500
MOST_ROWS = 2_000
_MERGED = re.compile(rb'<(?:\w+:)?mergeCell [^>]*?ref="([A-Z]{1,3}[0-9]{1,7}(?::[A-Z]{1,3}[0-9]{1,7})?)"')


@dataclass(frozen=True, slots=True)
class Trouble:
    """What is wrong in a file: where (D8), which cell in words, and what to do."""

    address: str
    name: str
    words: str


@dataclass(frozen=True, slots=True)
class Said:
    """A cell of a file as text."""

    text: str
    address: str


@dataclass(frozen=True)
class Typed:
    """A file as it was read. ``revisions`` and ``places`` (addresses) by row."""

    cells: dict[str, Said]
    revisions: dict[str, int] = field(default_factory=dict)
    places: dict[str, str] = field(default_factory=dict)
    troubles: list[Trouble] = field(default_factory=list)
    sha256: str = ""


def _refused(words: str, code: str = "reporting.file") -> Refusal:
    return Refusal(code, words, field="file")


def read_form(content: bytes, name: str, *, template: Template, mark: str) -> Typed:
    """A filled-in form. Raises Refusal for a file that cannot be taken at all; wrong cells are among its troubles."""
    _judge(content, name)
    rows = list(_rows(content))
    _belongs(rows, mark)
    columns = _columns(rows, template)
    merged = _merged(content)
    return _cells(rows, template, columns, merged, hashlib.sha256(content).hexdigest())


def _judge(content: bytes, name: str) -> None:
    """Measures the file without unpacking it."""
    if name.lower().endswith((".xlsm", ".xls", ".xlsb", ".xltm")):
        raise _refused("Chỉ nhận tệp .xlsx không có macro. Mở tệp, chọn Lưu thành .xlsx rồi nạp lại.")
    if len(content) > LARGEST_FILE:
        raise _refused(f"Tệp lớn quá {LARGEST_FILE // 1024 // 1024} MB. Chỉ điền vào mẫu đã tải về, bỏ hình ảnh.")
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = archive.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError, UnicodeError):
        raise _refused("Tệp không phải bảng tính Excel (.xlsx) hoặc đã hỏng. Tải lại mẫu rồi điền.") from None
    if len(parts) > MOST_PARTS or sum(one.file_size for one in parts) > LARGEST_UNPACKED:
        raise _refused("Tệp nén bất thường, giải ra quá lớn nên không mở. Tải lại mẫu rồi chép số liệu sang.")
    names = {one.filename.lower() for one in parts}
    if any("vbaproject" in one or one.startswith(("xl/activex", "xl/embeddings")) for one in names):
        raise _refused("Tệp có macro hoặc đối tượng nhúng nên không nhận. Chép số liệu sang mẫu đã tải về.")
    if "xl/workbook.xml" not in names:
        raise _refused("Tệp không phải bảng tính Excel (.xlsx) hoặc đã hỏng. Tải lại mẫu rồi điền.")


def _rows(content: bytes) -> Iterator[tuple[Any, ...]]:
    """The rows of the report's sheet, formulas as they are written; never more than ``MOST_ROWS``."""
    from openpyxl import load_workbook

    try:
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=False, keep_links=False)
        page = book[SHEET] if SHEET in book.sheetnames else None
        rows = [] if page is None else list(page.iter_rows(max_row=MOST_ROWS + 1, max_col=80, values_only=True))
    except Exception:  # the reader meets hostile bytes: whatever it stumbles over, the file is unusable
        raise _refused("Không đọc được tệp Excel. Tải lại mẫu rồi điền.") from None
    if page is None:
        raise _refused(f"Không có trang tính “{SHEET}”. Điền vào mẫu đã tải về, không đổi tên trang tính.")
    if any(any(one is not None for one in row) for row in rows[MOST_ROWS:]):
        raise _refused(f"Trang tính có quá {MOST_ROWS:,} dòng. Chỉ điền vào mẫu đã tải về.".replace(",", "."))
    yield from rows


def _belongs(rows: Sequence[tuple[Any, ...]], mark: str) -> None:
    said = str(rows[3][0] or "").removeprefix("Mã: ").strip() if len(rows) > CODE_ROW and rows[3] else ""
    if said != mark:
        raise _refused("Tệp này là của mẫu, kỳ hoặc đơn vị khác. Tải lại mẫu của báo cáo này rồi điền.")


def _columns(rows: Sequence[tuple[Any, ...]], template: Template) -> dict[str, int]:
    """Column code → place in the file. Raises Refusal where columns were taken out or added."""
    codes = [str(one or "").strip() for one in rows[CODE_ROW - 1]]
    found = {code: place for place, code in enumerate(codes) if code}
    missing = [one.name for one in template.columns if one.code not in found]
    if missing:
        raise _refused(f"Tệp thiếu cột: {', '.join(missing[:5])}. Không xóa hoặc đổi chỗ hàng mã cột.")
    return found


def _merged(content: bytes) -> list[tuple[str, int, int, int, int]]:
    """Merged cells as (written, first row, last row, first column, last column); from the sheets' own text."""
    from openpyxl.utils import range_boundaries

    found: list[tuple[str, int, int, int, int]] = []
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for name in archive.namelist():
            if name.startswith("xl/worksheets/"):
                for one in _MERGED.findall(archive.read(name)):
                    first, top, last, bottom = (place or 0 for place in range_boundaries(one.decode()))
                    found.append((one.decode(), top, bottom, first, last))
    return found


def _cells(
    rows: Sequence[tuple[Any, ...]], template: Template, columns: dict[str, int],
    merged: list[tuple[str, int, int, int, int]], sha256: str,
) -> Typed:  # fmt: skip
    typed = Typed({}, sha256=sha256)
    for number, row in enumerate(rows[CODE_ROW:], CODE_ROW + 1):
        code = str(row[0] or "").strip() if row else ""
        if code:
            _row(typed, template, columns, merged, number, code, row)
        elif any(one not in (None, "") for one in row):
            typed.troubles.append(Trouble(f"A{number}", "", "Dòng không có mã. Không thêm dòng vào mẫu."))
    for one in template.input_rows:
        if one not in typed.places:
            words = f"Tệp thiếu dòng mã {one}. Không xóa dòng của mẫu."
            typed.troubles.append(Trouble("", template.row_of[one].name, words))
    return typed


def _row(
    typed: Typed, template: Template, columns: dict[str, int], merged: list[tuple[str, int, int, int, int]],
    number: int, code: str, row: tuple[Any, ...],
) -> None:  # fmt: skip
    from openpyxl.utils import get_column_letter

    if code not in template.row_of:
        typed.troubles.append(Trouble(f"A{number}", code[:40], "Mẫu không có dòng này. Không thêm dòng vào mẫu."))
        return
    if code in typed.places:
        typed.troubles.append(Trouble(f"A{number}", template.row_of[code].name, "Dòng này có hai lần trong tệp."))
        return
    typed.places[code] = f"A{number}"
    seen = row[columns["revision"]] if columns.get("revision", len(row)) < len(row) else None
    if isinstance(seen, int) and not isinstance(seen, bool):
        typed.revisions[code] = seen
    for cell in template.inputs_of(code):
        place = columns[cell.column.code]
        address = f"{get_column_letter(place + 1)}{number}"
        inside = next((m[0] for m in merged if m[1] <= number <= m[2] and m[3] <= place + 1 <= m[4]), "")
        if inside:
            typed.troubles.append(Trouble(address, cell.name, f"Ô bị gộp ({inside}). Bỏ gộp ô rồi điền từng ô."))
            continue
        text, wrong = _text(row[place] if place < len(row) else None, cell)
        if wrong:
            typed.troubles.append(Trouble(address, cell.name, wrong))
        else:
            typed.cells[cell.key] = Said(text, address)


def _text(value: Any, cell: Cell) -> tuple[str, str]:
    """A cell's value as it would have been typed, or what is wrong with it."""
    if value is None:
        return "", ""
    if (isinstance(value, str) and value.startswith("=")) or not isinstance(
        value, str | int | float | Decimal | date | time
    ):
        return "", "Ô chứa công thức; công thức không được chạy. Dán giá trị (Paste values) rồi nạp lại."
    if isinstance(value, bool):
        return "", "Ô chứa giá trị đúng/sai, cần số."
    if isinstance(value, str):
        return value.removeprefix("'"), ""
    if isinstance(value, datetime | date | time):
        return (f"{value:%d/%m/%Y}", "") if cell.column.kind is Kind.TEXT else ("", "Ô đang là ngày tháng, cần số.")
    plain = f"{value:.15g}" if isinstance(value, float) else str(value)
    try:
        return f"{Decimal(plain):f}".replace(".", ","), ""
    except ArithmeticError:
        return "", "Ô không phải là số."
