"""Asking by message what is warned of in a place."""

from __future__ import annotations

from django.urls import reverse

from tinhso.kernel.search.rules import fold
from tinhso.kernel.talks import Reply, Said, Talk
from tinhso.modules.warnings.queries import places, shown

__all__ = ["TALKS"]
MOST = 4


def converse(said: Said) -> Reply:
    """What holds now: in the place that is named, else in the unit's own place, else everywhere."""
    asked = fold(said.text).strip(" .?!")
    known = places.places()
    named = next((one for one in known if asked and asked in (fold(one.name), fold(one.short_name))), None)
    named = named or next((one for one in known if asked and fold(one.name).endswith(" " + asked)), None)
    place = named.id if named else said.unit_id
    found = shown.current(said.at, place)
    where = f" ở {named.name}" if named else ""
    if not found:
        return Reply(f"Hiện không có cảnh báo nào{where}.", url=reverse("warnings:home"))
    lines = [f"• {one.level_name}: {one.row.title} ({one.area})." for one in found[:MOST]]
    return Reply("\n".join([f"Cảnh báo đang có hiệu lực{where}:", *lines]), url=reverse("warnings:home"))


TALKS = (Talk("warnings", "Cảnh báo", ("cảnh báo",), "cảnh báo Tân Ninh", converse, order=60),)
