"""Editions that come along with a module, or in a file: each with its content and its first day (``valid_from``)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from importlib.resources import files
from typing import Any

import yaml
from django.db import connection, transaction

from tinhso.kernel.errors import Refusal
from tinhso.kernel.versions.models import Version

Publish = Callable[[dict[str, Any], Any], object]  # content and first day; the day None where the seed names none


def seed(model: type[Version], module: str, name: str, publish: Publish) -> None:
    """Publish the editions of a module's seed file where there are none yet; two at once publish them once."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(hashtextextended(%s, 15))", [model._meta.label])
        if model._default_manager.exists():
            return
        read = yaml.safe_load(files(module).joinpath("seeds", name).read_text(encoding="utf-8"))
        for content in read if isinstance(read, list) else [read]:
            first = content.pop("valid_from")
            publish(content, first)


def run_import(
    rows: Iterable[Mapping[str, Any]], *, read: Callable[[dict[str, Any]], str], publish: Publish, dry_run: bool
) -> Iterator[str]:
    """Publish each row as an edition; a line of the report for each, wrong ones left out.

    ``read`` says in a few words what a content holds, or raises Refusal. A dry run is taken back by who asked for it.
    """
    for number, row in enumerate(rows, 1):
        content = {name: value for name, value in row.items() if name != "valid_from"}
        try:
            words = read(content)
            first = date.fromisoformat(str(row.get("valid_from", "")))
            publish(content, first)
        except ValueError:
            yield f"Dòng {number}\tLỗi\tCột valid_from phải là ngày, như 2026-01-01."
        except Refusal as refusal:
            yield f"Dòng {number}\tLỗi\t{refusal.message}"
        else:
            yield f"Dòng {number}\t{'Sẽ công bố' if dry_run else 'Công bố'}\t{words}, từ {first:%d/%m/%Y}"
