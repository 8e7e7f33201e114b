"""Shapes of what people send: a report, a place, a page of a list."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import QueryDict

from tinhso.modules.field_reports.rules.catalogue import Category
from tinhso.modules.field_reports.rules.places import Point, point

SOURCES = ("photo", "device", "map", "words")
TRAP = "website"  # a field that people do not see and programs fill in


def place_of(said: Mapping[str, str]) -> Point | None:
    return point(said.get("lat", ""), said.get("lon", ""))


def accuracy_of(said: Mapping[str, str]) -> int | None:
    """Whole metres, up to 100 km; None when not told."""
    try:
        return min(100_000, max(0, round(float(said.get("accuracy", "")))))
    except (ValueError, OverflowError):
        return None


def source_of(said: Mapping[str, str]) -> str:
    found = said.get("source", "")
    return found if found in SOURCES else ""


def category_of(said: Mapping[str, str]) -> str:
    """The kind chosen in the list, which follows what is pressed among the suggestions where scripts run."""
    return (said.get("category") or said.get("suggested") or "").strip()[:8]


def attributes_of(said: QueryDict, category: Category | None) -> dict[str, Any]:
    """Answers to a kind's own questions, as fields are named by Open311 too: ``attribute[CODE]``."""
    found: dict[str, Any] = {}
    for one in category.attributes if category else ():
        values = said.getlist(f"attribute[{one.code}]")
        found[one.code] = values if one.kind == "multivaluelist" else "".join(values[:1])
    return found


def whole(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None
