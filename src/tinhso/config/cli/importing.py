"""``tinhso import``: reads rows from a file and hands them to the module that understands them."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from tinhso.config.cli import ready

Row = dict[str, Any]


@click.command("import")
@click.argument("kind")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Report only; change nothing.")
def import_rows(kind: str, file: Path, dry_run: bool) -> None:
    """Import FILE (YAML, CSV or XLSX) as KIND and report line by line."""
    from django.db import transaction

    with ready.database():
        from tinhso.kernel.errors import Refusal
        from tinhso.kernel.manifest import registry
        from tinhso.kernel.people.rules import SYSTEM

        if kind not in registry.imports:
            known = ", ".join(sorted(registry.imports)) or "none yet"
            raise click.ClickException(f"Unknown kind {kind!r}. Known kinds: {known}.")
        try:
            rows = list(read_rows(file))
            with transaction.atomic():
                for line in registry.imports[kind].run(rows, dry_run=dry_run, by=SYSTEM, at=datetime.now(UTC)):
                    click.echo(line)
                transaction.set_rollback(dry_run)
        except Refusal as refusal:
            raise click.ClickException(f"{refusal.message} Nothing was changed.") from None
        click.echo(f"{len(rows)} rows read" + (", nothing changed (dry run)" if dry_run else ""))


def read_rows(file: Path) -> Iterator[Row]:
    """Rows of a file as dictionaries; the first line of a table names the columns. Empty lines are left out.

    Raises click.ClickException for an unknown ending or a file that is not what its name says."""
    readers = {".yaml": _yaml, ".yml": _yaml, ".csv": _csv, ".xlsx": _xlsx}
    reader = readers.get(file.suffix.lower())
    if reader is None:
        raise click.ClickException(f"{file.name}: only .yaml, .csv and .xlsx can be read.")
    try:
        yield from reader(file)
    except (UnicodeDecodeError, ValueError, KeyError, OSError) as problem:
        raise click.ClickException(f"{file.name} cannot be read: {problem}") from None


def _yaml(file: Path) -> Iterator[Row]:
    import yaml

    try:
        content = yaml.safe_load(file.read_text(encoding="utf-8"))
    except yaml.YAMLError as problem:
        raise ValueError(str(problem)) from None
    if not isinstance(content, list) or not all(isinstance(row, dict) for row in content):
        raise ValueError("a list of rows is expected")
    yield from content


def _csv(file: Path) -> Iterator[Row]:
    with file.open(encoding="utf-8-sig", newline="") as text:
        start = text.read(4096)
        text.seek(0)
        delimiter = ";" if start.count(";") > start.count(",") else ","
        for row in csv.DictReader(text, delimiter=delimiter):
            if any(row.values()):
                yield dict(row)


def _xlsx(file: Path) -> Iterator[Row]:
    from zipfile import BadZipFile

    from openpyxl import load_workbook
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        sheet = load_workbook(file, read_only=True, data_only=True).worksheets[0]
    except (BadZipFile, InvalidFileException) as problem:
        raise ValueError(str(problem)) from None
    lines = sheet.iter_rows(values_only=True)
    names = [str(name).strip() if name is not None else "" for name in next(lines, ())]
    for line in lines:
        if any(value is not None for value in line):
            yield {name: value for name, value in zip(names, line, strict=False) if name}
