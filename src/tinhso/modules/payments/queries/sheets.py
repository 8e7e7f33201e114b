"""Statement files as rows of cells: CSV in any usual separator, or XLSX."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from typing import Any
from zipfile import BadZipFile

from tinhso.kernel.errors import Refusal


def rows_of(content: bytes, name: str) -> Iterator[tuple[Any, ...]]:
    """The rows of the first sheet. Raises Refusal ``payments.statement_file`` for a file that is neither."""
    if name.lower().endswith(".xlsx"):
        return _xlsx(content)
    if name.lower().endswith(".csv"):
        return _csv(content)
    raise _unreadable("Chỉ nhận tệp .csv hoặc .xlsx.")


def _unreadable(words: str) -> Refusal:
    return Refusal("payments.statement_file", words, field="file")


def _csv(content: bytes) -> Iterator[tuple[Any, ...]]:
    text = io.TextIOWrapper(io.BytesIO(content), encoding="utf-8-sig", newline="")
    try:
        start = text.read(8192)
        text.seek(0)
        separator = max(",;\t", key=start.count)
        for row in csv.reader(text, delimiter=separator):
            yield tuple(row)
    except (UnicodeDecodeError, csv.Error):
        raise _unreadable("Tệp CSV không phải dạng UTF-8. Xuất lại sao kê dạng CSV UTF-8 hoặc XLSX.") from None


def _xlsx(content: bytes) -> Iterator[tuple[Any, ...]]:
    from openpyxl import load_workbook
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        sheet = load_workbook(io.BytesIO(content), read_only=True, data_only=True).worksheets[0]
    except (BadZipFile, InvalidFileException, KeyError, ValueError, OSError, IndexError):
        raise _unreadable("Tệp XLSX không mở được. Tải lại sao kê từ ngân hàng.") from None
    yield from sheet.iter_rows(values_only=True)
