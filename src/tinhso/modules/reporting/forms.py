"""What comes in from pages: who reports, and a template as the fields of the designer."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from tinhso.kernel.errors import Refusal
from tinhso.kernel.numerals import is_whole
from tinhso.kernel.ui import typed
from tinhso.modules.reporting.rules.giving import Given
from tinhso.modules.reporting.rules.periods import Frequency

COLUMN = ("code", "name", "kind", "places", "total", "formula", "negative", "optional")
ROW = ("number", "code", "name", "formula", "heading")
CELL = ("row", "column", "formula", "source", "closed")
CHECK = ("formula", "words", "warns")
PARTS = {"columns": COLUMN, "rows": ROW, "cells": CELL, "checks": CHECK}
MOST_LINES = 500
SPARE = 3


def number_from(text: str, field: str, usual: int) -> int:
    said = text.strip()
    if not said:
        return usual
    if not is_whole(said) or len(said) > 4:
        raise Refusal("reporting.whole_number", _("Nhập số nguyên."), field=field)
    return int(said)


def given_from(said: QueryDict, template_id: int) -> Given:
    """Who reports and when, as the page sent it; the units by id."""
    try:
        frequency = Frequency(said.get("frequency", ""))
    except ValueError:
        raise Refusal("reporting.frequency", _("Chọn kỳ báo cáo."), field="frequency") from None
    return Given(
        template_id=template_id,
        frequency=frequency,
        begins_on=typed.day(said.get("begins_on", ""), "begins_on"),
        due_days=number_from(said.get("due_days", ""), "due_days", 2),
        closing_day=number_from(said.get("closing_day", ""), "closing_day", 0),
        kinds=said.getlist("kinds"),
        units=[int(one) for one in said.getlist("units") if is_whole(one) and len(one) < 18],
    )


def lines_of(said: Mapping[str, Any], part: str) -> list[dict[str, str]]:
    """The lines of a part of the designer (``columns-0-code`` …) in order; wholly empty ones are left out."""
    pattern = re.compile(rf"{part}-(\d{{1,3}})-(\w+)")
    found: dict[int, dict[str, str]] = {}
    for name in said:
        match = pattern.fullmatch(name)
        if match and match[2] in PARTS[part]:
            value = _line(said[name])
            if value:
                found.setdefault(int(match[1]), {})[match[2]] = value
    lines = [found[place] for place in sorted(found)]
    return [one for one in lines if one.keys() - {"kind", "total", "places"}][:MOST_LINES]


def _line(text: Any) -> str:
    return " ".join(str(text).replace("\x00", "").split())


def content_from(said: Mapping[str, Any]) -> dict[str, Any]:
    """The template as the designer's fields say it."""
    head = {
        name: " ".join(str(said.get(name, "")).replace("\x00", "").split())
        for name in ("code", "name", "basis", "note")
    }
    return {
        **head,
        "columns": [_column(one) for one in lines_of(said, "columns")],
        "rows": [_row(one) for one in lines_of(said, "rows")],
        "cells": [_cell(one) for one in lines_of(said, "cells")],
        "checks": [_check(one) for one in lines_of(said, "checks")],
    }


def _column(one: dict[str, str]) -> dict[str, Any]:
    is_text = one.get("kind") == "text"
    return {
        "code": one.get("code", ""), "name": one.get("name", ""), "kind": "text" if is_text else "number",
        "places": int(one["places"]) if is_whole(one.get("places", "")) and len(one["places"]) < 3 else 0,
        "total": "none" if is_text else one.get("total", "sum"), "formula": one.get("formula", ""),
        "negative": "negative" in one, "required": "optional" not in one,
    }  # fmt: skip


def _row(one: dict[str, str]) -> dict[str, Any]:
    texts = {name: one.get(name, "") for name in ("code", "name", "number", "formula")}
    return {**texts, "heading": "heading" in one}


def _cell(one: dict[str, str]) -> dict[str, Any]:
    texts = {name: one.get(name, "") for name in ("row", "column", "formula", "source")}
    return {**texts, "closed": "closed" in one}


def _check(one: dict[str, str]) -> dict[str, Any]:
    return {"formula": one.get("formula", ""), "words": one.get("words", ""), "strict": "warns" not in one}


def designed(content: Mapping[str, Any], spare: int = SPARE) -> dict[str, list[dict[str, Any]]]:
    """The designer's lines with some empty ones after each part."""
    turned: dict[str, Callable[[Mapping[str, Any]], dict[str, Any]]] = {
        "columns": lambda one: {**one, "optional": not one.get("required", True)},
        "rows": dict, "cells": dict, "checks": lambda one: {**one, "warns": not one.get("strict", True)},
    }  # fmt: skip
    return {part: [*map(turn, content.get(part, ())), *({} for _n in range(spare))] for part, turn in turned.items()}
