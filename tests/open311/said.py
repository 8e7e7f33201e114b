"""Asking the server as programs do, and reading its answers with readers that are not its own."""

from __future__ import annotations

import json
from typing import Any
from xml.etree import ElementTree

from django.test import Client

from tinhso.kernel.api.actions import create_key
from tinhso.kernel.people.rules import SYSTEM
from tinhso.kernel.testing import people
from tinhso.modules.field_reports.tests.factories import MONDAY

V2 = "/open311/v2"


def key(name: str = "ung_dung", scopes: tuple[str, ...] = ("write",)) -> str:
    """A program's key."""
    return create_key(account_id=people.citizen(name).pk, name=name, scopes=scopes, by=SYSTEM, at=MONDAY)[1]


def as_json(response: Any) -> Any:
    assert response["Content-Type"] == "application/json; charset=utf-8"
    return json.loads(response.content)


def as_xml(response: Any) -> ElementTree.Element:
    assert response["Content-Type"] == "text/xml; charset=utf-8"
    return ElementTree.fromstring(response.content)


def plain(element: ElementTree.Element) -> Any:
    """The XML in the form that the JSON has: lists for containers, None for what is empty."""
    lists = {"services", "service_requests", "service_request_updates", "errors", "attributes", "values", "endpoints",
             "formats", "notes", "photos"}  # fmt: skip
    if element.tag in lists:
        return [plain(one) for one in element]
    if len(element):
        return {one.tag: plain(one) for one in element}
    return element.text


def texts(said: Any) -> Any:
    """JSON as XML can say it: everything a text, nothing as None."""
    if isinstance(said, dict):
        return {name: texts(value) for name, value in said.items()}
    if isinstance(said, list):
        return [texts(one) for one in said]
    if isinstance(said, bool):
        return "true" if said else "false"
    return None if said in (None, "") else str(said)


def pothole(world: Any, **more: Any) -> dict[str, Any]:
    """The fields of a report as a program sends them."""
    return {
        "service_code": "GT01",
        "lat": str(world.centre.latitude),
        "long": str(world.centre.longitude),
        "description": "Ổ gà rất sâu trước chợ, xe máy té nhiều lần.",
        "first_name": "Lan",
        "last_name": "Nguyễn Thị",
        "phone": "0912345678",
        "email": "lan@vidu.vn",
        "attribute[size]": "large",
    } | more


def get(path: str, **query: str) -> Any:
    return Client().get(f"{V2}/{path}", query)


def post(fields: Any, path: str = "requests.json", **more: Any) -> Any:
    return Client().post(f"{V2}/{path}", fields, **more)


def wrong(response: Any) -> list[tuple[int, str]]:
    """Codes and words of a refusal."""
    return [(one["code"], one["description"]) for one in as_json(response)]
