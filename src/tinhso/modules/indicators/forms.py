"""What comes in from pages: units, years, numbers, paths, rows of a file."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any
from zipfile import BadZipFile, ZipFile

from django.utils.translation import gettext as _

from tinhso.kernel.errors import NotFound, Refusal
from tinhso.kernel.numerals import read as number
from tinhso.kernel.units.queries import tree
from tinhso.kernel.units.rules import Node
from tinhso.modules.indicators.rules.periods import FIRST_YEAR

LARGEST_FILE, MOST_ROWS = 10 * 1024 * 1024, 5_000
MOST_UNPACKED, WIDEST = 60 * 1024 * 1024, 60


def node_from(code: str, default: int | None) -> Node:
    """The unit that an address names; NotFound for none."""
    known = tree()
    node = known.by_code.get(code) if code else known.nodes.get(default or 0)
    if node is None:
        raise NotFound
    return node


def year_from(text: str, today: date) -> int:
    """The year that an address names, this year otherwise."""
    return int(text) if re.fullmatch(r"20\d\d", text) and FIRST_YEAR <= int(text) <= today.year + 1 else today.year


def value_from(text: str, name: str, field: str) -> Decimal:
    found = number(text, code="indicators.target", name=name, field=field)
    if found is None:
        raise Refusal("indicators.target", _("%(name)s: nhập một số.") % {"name": name}, field=field)
    return found


def path_from(text: str) -> list[list[Any]]:
    """“3: 60; 6: 70” as a path. Raises Refusal ``indicators.target``."""
    found = []
    for step in re.split(r"[;\n]+", text):
        if not step.strip():
            continue
        month, colon, value = step.partition(":")
        said = re.sub(r"\D", "", month)
        if not colon or not said or len(said) > 2:
            words = _("Lộ trình viết như “3: 60; 6: 70” (tháng: giá trị).")
            raise Refusal("indicators.target", words, field="path")
        found.append([int(said), str(value_from(value, _("Lộ trình"), "path"))])
    return found


def rows_of(content: bytes, name: str) -> list[dict[str, Any]]:
    """The rows of a CSV file or of an XLSX file's first sheet, by the titles of the first line.

    Raises Refusal ``indicators.file`` for what is neither, for macros, and for more than ``MOST_ROWS`` rows.
    """
    if len(content) > LARGEST_FILE:
        raise _file(_("Tệp lớn quá 10 MB. Chia thành nhiều tệp."))
    lower = name.lower()
    if lower.endswith((".xlsm", ".xls", ".xlsb")):
        raise _file(_("Không nhận tệp có macro hoặc dạng cũ. Lưu lại dạng .xlsx rồi nhập."))
    if not lower.endswith((".csv", ".xlsx")):
        raise _file(_("Chỉ nhận tệp .csv hoặc .xlsx."))
    lines = _csv(content) if lower.endswith(".csv") else _xlsx(content)
    titles = [str(cell or "").strip() for cell in next(lines, ())]
    if not any(titles):
        raise _file(_("Tệp trống: dòng đầu phải là tên cột."))
    rows: list[dict[str, Any]] = []
    for line in lines:
        if len(rows) >= MOST_ROWS:
            words = _("Tệp có hơn %(most)s dòng. Chia thành nhiều tệp.")
            raise _file(words % {"most": MOST_ROWS})
        rows.append({title: cell for title, cell in zip(titles, line, strict=False) if title})
    while rows and not any(str(cell or "").strip() for cell in rows[-1].values()):
        rows.pop()
    return rows


def _file(words: str) -> Refusal:
    return Refusal("indicators.file", words, field="file")


def _csv(content: bytes) -> Iterator[tuple[Any, ...]]:
    try:
        text = content.decode("utf-8-sig").replace("\x00", "")
        separator = max(",;\t", key=text[:8192].count)
        yield from (tuple(row) for row in csv.reader(io.StringIO(text), delimiter=separator))
    except (UnicodeDecodeError, csv.Error):
        raise _file(_("Tệp CSV không phải dạng UTF-8. Lưu lại dạng CSV UTF-8 hoặc XLSX.")) from None


def _xlsx(content: bytes) -> Iterator[tuple[Any, ...]]:
    from openpyxl import load_workbook
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        with ZipFile(io.BytesIO(content)) as packed:
            infos = packed.infolist()
        if sum(one.file_size for one in infos) > MOST_UNPACKED:
            raise _file(_("Tệp XLSX lớn quá khi mở ra. Chia thành nhiều tệp."))
        if any(one.filename.lower().endswith("vbaproject.bin") for one in infos):
            raise _file(_("Không nhận tệp có macro hoặc dạng cũ. Lưu lại dạng .xlsx rồi nhập."))
        sheet = load_workbook(io.BytesIO(content), read_only=True, data_only=True).worksheets[0]
        yield from sheet.iter_rows(values_only=True, max_col=WIDEST)
    except (BadZipFile, InvalidFileException, KeyError, ValueError, OSError, IndexError):
        raise _file(_("Tệp XLSX không mở được. Mở bằng Excel, lưu lại rồi nhập.")) from None
