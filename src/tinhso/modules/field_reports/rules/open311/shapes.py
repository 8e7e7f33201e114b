"""The shape of every answer, in XML and JSON."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from xml.sax.saxutils import escape

from tinhso.modules.field_reports.rules.catalogue import Attribute, Category, Publicity
from tinhso.modules.field_reports.rules.open311.asking import HERE, Wrong

SPECIFICATION = "http://wiki.open311.org/GeoReport_v2"
CHANGESET = "2026-11-22T00:00:00+07:00"
XML, JSON = "xml", "json"
TYPES = {XML: "text/xml", JSON: "application/json"}
TOKEN_DAYS = 90
_NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")

# What has happened to a report, as FixMyStreet says it, by the entry that tells it.
UPDATES = {
    "field_report.file": "OPEN",
    "field_report.accept": "INVESTIGATING",
    "field_report.supply": "INVESTIGATING",
    "field_report.supply_to_unit": "IN_PROGRESS",
    "field_report.route": "ACTION_SCHEDULED",
    "field_report.start": "IN_PROGRESS",
    "field_report.extend": "IN_PROGRESS",
    "field_report.approve": "FIXED",
    "field_report.reopen": "OPEN",
}
# How far it is, as CitySDK says it, by our states.
DETAILED = {
    "received": "RECEIVED",
    "need_info": "PENDING",
    "published": "PROCESSED",
    "answered_private": "PROCESSED",
    "rejected": "REJECTED",
    "merged": "REJECTED",
    "withdrawn": "REJECTED",
}


def kind_of_service(category: Category) -> str:
    """``realtime`` where the id is told at once, ``batch`` (first a token) where an operator looks at it before."""
    return "realtime" if category.publicity is Publicity.OPEN else "batch"


def service(category: Category, *, english: bool = False) -> dict[str, Any]:
    return {
        "service_code": category.code,
        "service_name": category.english if english and category.english else category.name,
        "description": f"{category.group_name}: {category.name}",
        "metadata": bool(category.attributes),
        "type": kind_of_service(category),
        "keywords": ", ".join(category.words),
        "group": category.group_name,
    }


def definition(category: Category) -> dict[str, Any]:
    return {
        "service_code": category.code,
        "attributes": [_attribute(one, order) for order, one in enumerate(category.attributes, 1)],
    }


def _attribute(one: Attribute, order: int) -> dict[str, Any]:
    said: dict[str, Any] = {
        "variable": True,
        "code": one.code,
        "datatype": one.kind,
        "required": one.is_required,
        "datatype_description": one.hint,
        "order": order,
        "description": one.name,
    }
    if one.values:
        said["values"] = [{"key": key, "name": name} for key, name in one.values.items()]
    return said


def discovery(*, base: str, contact: str, is_production: bool) -> dict[str, Any]:
    return {
        "changeset": CHANGESET,
        "contact": contact,
        "key_service": f"{base}/tai-khoan/khoa-api/",
        "endpoints": [
            {
                "specification": SPECIFICATION,
                "url": f"{base}/open311/v2",
                "changeset": CHANGESET,
                "type": "production" if is_production else "test",
                "formats": [TYPES[XML], TYPES[JSON]],
            }
        ],
    }


def errors(wrongs: Iterable[Wrong]) -> list[dict[str, Any]]:
    return [{"code": one.status, "description": one.description} for one in wrongs]


def stamp(at: datetime | None) -> str | None:
    """A time as the specification writes it, to the second, in our zone."""
    return None if at is None else at.astimezone(HERE).isoformat(timespec="seconds")


# The element each list's parts are called by in XML.
PARTS = {
    "services": "service",
    "service_requests": "request",
    "service_request_updates": "request_update",
    "errors": "error",
    "attributes": "attribute",
    "values": "value",
    "endpoints": "endpoint",
    "formats": "format",
    "notes": "note",
    "photos": "photo",
}


def written(name: str, said: Any, form: str) -> bytes:
    """An answer in one of the two forms. ``name`` is the outermost element of XML; JSON has no such wrapper."""
    if form == JSON:
        return json.dumps(said, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")
    parts: list[str] = ['<?xml version="1.0" encoding="utf-8"?>\n']
    _element(name, said, parts)
    return "".join(parts).encode("utf-8", "replace")


def _element(name: str, said: Any, parts: list[str]) -> None:
    if said is None or said in ("", [], {}):
        parts.append(f"<{name}/>")
        return
    parts.append(f"<{name}>")
    if isinstance(said, Mapping):
        for key, value in said.items():
            _element(str(key), value, parts)
    elif isinstance(said, (list, tuple)):
        for value in said:
            _element(PARTS.get(name, "value"), value, parts)
    elif isinstance(said, bool):
        parts.append("true" if said else "false")
    else:
        parts.append(escape(_NOT_IN_XML.sub("", str(said))))
    parts.append(f"</{name}>")
