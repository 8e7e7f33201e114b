"""``tinhso import`` reads the same rows from YAML, CSV and XLSX, and says what is wrong with a file."""

from __future__ import annotations

from pathlib import Path

import click
import pytest
from openpyxl import Workbook

from tinhso.config.cli.importing import read_rows

ROWS = [{"code": "a1", "name": "Đường"}, {"code": "b2", "name": "Nước"}]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("rows.yaml", "- {code: a1, name: Đường}\n- {code: b2, name: Nước}\n"),
        ("rows.csv", "code,name\na1,Đường\n,\nb2,Nước\n"),
        ("excel.csv", "\ufeffcode;name\r\na1;Đường\r\nb2;Nước\r\n"),
    ],
)
def test_text_files_give_their_rows(tmp_path: Path, name: str, content: str) -> None:
    (tmp_path / name).write_text(content, encoding="utf-8")
    assert list(read_rows(tmp_path / name)) == ROWS


def test_a_workbook_gives_the_rows_of_its_first_sheet(tmp_path: Path) -> None:
    book = Workbook()
    for line in (("code", "name"), ("a1", "Đường"), (None, None), ("b2", "Nước")):
        book.active.append(line)
    book.save(tmp_path / "rows.xlsx")
    assert list(read_rows(tmp_path / "rows.xlsx")) == ROWS


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("rows.txt", b"x", "only .yaml, .csv and .xlsx"),
        ("rows.yaml", b"code: a1", "a list of rows is expected"),
        ("rows.yaml", b"- {", "cannot be read"),
        ("rows.csv", b"\xff\xfe\x00", "cannot be read"),
        ("rows.xlsx", b"no zip", "cannot be read"),
    ],
)
def test_a_file_that_is_not_what_it_says_is_refused(tmp_path: Path, name: str, content: bytes, sentence: str) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(click.ClickException, match=sentence):
        list(read_rows(tmp_path / name))
