"""Open311 GeoReport v2: what a request says, and every answer's shape in XML and JSON. Pure.

Source: the specification of the Open311 project and its common extensions. Choices where it is silent: times without a
zone are ours (UTC+7); a span of more than 90 days is cut to the last 90; the newest come first; two statuses only.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta, timezone
from typing import Any
from xml.sax.saxutils import escape

from tinhso.modules.field_reports.rules.catalogue import Attribute, Category, Publicity
from tinhso.modules.field_reports.rules.places import Point, point

SPECIFICATION = "http://wiki.open311.org/GeoReport_v2"
CHANGESET = "2026-11-22T00:00:00+07:00"
XML, JSON = "xml", "json"
TYPES = {XML: "text/xml", JSON: "application/json"}
HERE = timezone(timedelta(hours=7))
LONGEST_SPAN = timedelta(days=90)
MOST_ROWS, USUAL_PAGE = 1000, 100
MOST_PAGES = 200
LONGEST_WORDS = 4000
TOKEN_DAYS = 90
_NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_ATTRIBUTE = re.compile(r"attribute\[([^\[\]]{1,60})\](\[\])?")
_ZONE = re.compile(r" (\d\d:?\d\d)$")

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


@dataclass(frozen=True, slots=True)
class Wrong:
    """One thing that is wrong with a request; ``status`` of HTTP."""

    status: int
    description: str


class Refused(Exception):
    """The request cannot be answered; all that is wrong with it, the first decides the status."""

    def __init__(self, *wrongs: Wrong) -> None:
        super().__init__("; ".join(one.description for one in wrongs))
        self.wrongs = wrongs

    @property
    def status(self) -> int:
        return self.wrongs[0].status


@dataclass(frozen=True, slots=True)
class Asked:
    """Filters of a list of requests, understood."""

    ids: tuple[str, ...] = ()
    services: tuple[str, ...] = ()
    statuses: frozenset[str] = frozenset()
    since: datetime | None = None
    until: datetime | None = None
    updated_since: datetime | None = None
    updated_until: datetime | None = None
    centre: Point | None = None
    radius: float = 0.0
    box: tuple[float, float, float, float] | None = None  # west, south, east, north
    words: str = ""
    page: int = 1
    page_size: int = MOST_ROWS
    oldest_first: bool = False
    is_extended: bool = False
    is_paged: bool = False


@dataclass(frozen=True, slots=True)
class Filing:
    """A report as a program sends it, checked against its kind."""

    category: Category
    place: Point | None
    address: str
    text: str
    attributes: Mapping[str, Any] = field(default_factory=dict)
    name: str = ""
    phone: str = ""
    email: str = ""
    media_urls: tuple[str, ...] = ()


def given(parameters: Mapping[str, str], *names: str) -> str:
    """The first of these parameters that has a value; an empty one counts as absent."""
    return next((value for name in names if (value := str(parameters.get(name, "")).strip())), "")


def listed(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(part for one in text.split(",") if (part := one.strip())))


def moment(text: str, *, ends: bool = False) -> datetime | None:
    """A time of ISO 8601; without a zone it is ours. A day alone begins at 00:00, or ``ends`` at 23:59:59.

    ``+07:00`` arrives with a blank from clients that forget to encode it. Raises Refused for what is no time, and for
    times so far off that no span around them can be counted."""
    if not text:
        return None
    said = _ZONE.sub(r"+\1", text.strip())
    try:
        if len(said) == 10:
            found = datetime.combine(date.fromisoformat(said), time(23, 59, 59) if ends else time())
        else:
            found = datetime.fromisoformat(said)
        if not 1900 <= found.year <= 2200:
            raise ValueError
        return (found if found.tzinfo else found.replace(tzinfo=HERE)).astimezone(UTC)
    except (ValueError, OverflowError) as wrong:
        raise Refused(Wrong(400, f"{text[:60]!r} is not a date and time of ISO 8601")) from wrong


def place_of(parameters: Mapping[str, str]) -> Point | None:
    """``lat`` and ``long`` (also ``lng``, ``lon``). Raises Refused for half a pair and for what is no place."""
    latitude, longitude = given(parameters, "lat"), given(parameters, "long", "lng", "lon")
    if bool(latitude) != bool(longitude):
        raise Refused(Wrong(400, "lat and long must be given together"))
    if not latitude:
        return None
    found = point(latitude, longitude)
    if found is None:
        raise Refused(Wrong(400, "lat and long are not a place in decimal degrees"))
    return found


def asked(parameters: Mapping[str, str], *, at: datetime) -> Asked:
    """Understand the filters. Raises Refused for values that mean nothing; unknown parameters are ignored."""
    ids = listed(given(parameters, "service_request_id"))
    if ids:
        return Asked(ids=ids[:MOST_ROWS], is_extended=_is_true(given(parameters, "extensions")))
    since, until = _span(parameters, at)
    statuses = frozenset(one.lower() for one in listed(given(parameters, "status")))
    if statuses - {"open", "closed"}:
        raise Refused(Wrong(400, "status must be open or closed"))
    size = _whole(given(parameters, "page_size", "max_requests"), "page_size")
    page = _whole(given(parameters, "page"), "page")
    return Asked(
        services=listed(given(parameters, "service_code")),
        statuses=statuses,
        since=since,
        until=until,
        updated_since=moment(given(parameters, "updated_after")),
        updated_until=moment(given(parameters, "updated_before"), ends=True),
        centre=place_of(parameters),
        radius=_radius(given(parameters, "radius")),
        box=_box(given(parameters, "bbox")),
        words=given(parameters, "q", "keyword")[:100],
        page=min(page or 1, MOST_PAGES),
        page_size=min(size or (USUAL_PAGE if page else MOST_ROWS), MOST_ROWS),
        oldest_first=given(parameters, "order").lower() == "asc",
        is_extended=_is_true(given(parameters, "extensions")),
        is_paged=bool(page or size),
    )


def _span(parameters: Mapping[str, str], at: datetime) -> tuple[datetime, datetime | None]:
    """From and to; at most 90 days, the last ones of a longer span."""
    since = moment(given(parameters, "start_date"))
    until = moment(given(parameters, "end_date"), ends=True)
    if since and until and since > until:
        raise Refused(Wrong(400, "start_date is after end_date"))
    if since and not until and since < at - LONGEST_SPAN:
        return since, since + LONGEST_SPAN
    earliest = (until or at) - LONGEST_SPAN
    return max(since, earliest) if since else earliest, until


def _whole(text: str, name: str) -> int:
    if not text:
        return 0
    if not text.isdecimal() or not 0 < int(text[:12]) < 10**9:
        raise Refused(Wrong(400, f"{name} must be a whole number from 1"))
    return int(text)


def _radius(text: str) -> float:
    try:
        found = float(text or 1000)
    except ValueError as wrong:
        raise Refused(Wrong(400, "radius must be in metres")) from wrong
    if not 0 < found <= 50_000:
        raise Refused(Wrong(400, "radius must be between 0 and 50000 metres"))
    return found


def _box(text: str) -> tuple[float, float, float, float] | None:
    """``west,south,east,north`` in degrees."""
    if not text:
        return None
    parts = text.split(",")
    low, high = (point(parts[1], parts[0]), point(parts[3], parts[2])) if len(parts) == 4 else (None, None)
    if low is None or high is None or low.longitude > high.longitude or low.latitude > high.latitude:
        raise Refused(Wrong(400, "bbox must be west,south,east,north in degrees"))
    return low.longitude, low.latitude, high.longitude, high.latitude


def _is_true(text: str) -> bool:
    return text.lower() in ("true", "1", "yes")


def attributes_of(lists: Iterable[tuple[str, Sequence[str]]]) -> dict[str, list[str]]:
    """``attribute[CODE]=value`` and ``attribute[CODE][]=key`` of a form, by code."""
    found: dict[str, list[str]] = {}
    for name, values in lists:
        if said := _ATTRIBUTE.fullmatch(name):
            found.setdefault(said[1], []).extend(one for value in values if (one := value.strip()))
    return found


def check_attribute(one: Attribute, values: Sequence[str]) -> Wrong | None:
    """What is wrong with the answer to one question of a kind, in the specification's words."""
    name = f"attribute[{one.code}]"
    if not values:
        return Wrong(400, f"{name} was not provided") if one.is_required else None
    if one.kind != "multivaluelist" and len(values) > 1:
        return Wrong(400, f"{name} takes one value")
    if one.kind in ("singlevaluelist", "multivaluelist") and any(value not in one.values for value in values):
        return Wrong(400, f"{name} must be one of {', '.join(one.values)}")
    if one.kind == "number" and not re.fullmatch(r"-?\d{1,12}([.,]\d{1,6})?", values[0]):
        return Wrong(400, f"{name} must be a number")
    if one.kind == "datetime":
        try:
            moment(values[0])
        except Refused:
            return Wrong(400, f"{name} must be a date and time of ISO 8601")
    return Wrong(400, f"{name} is too long") if any(len(value) > 1000 for value in values) else None


def filing(
    parameters: Mapping[str, str], lists: Iterable[tuple[str, Sequence[str]]], categories: Mapping[str, Category]
) -> Filing:
    """Understand what is filed: kind, place, questions, lengths. Raises Refused with all that is wrong."""
    code = given(parameters, "service_code")
    if not code:
        raise Refused(Wrong(400, "service_code was not provided"))
    category = categories.get(code)
    if category is None:
        raise Refused(Wrong(404, "service_code was not found"))
    wrongs: list[Wrong] = []
    place, address = None, given(parameters, "address_string", "address", "address_id")
    try:
        place = place_of(parameters)
    except Refused as no:
        wrongs += no.wrongs
    if place is None and not address and not wrongs:
        wrongs.append(Wrong(400, "lat and long, address_string or address_id must be provided"))
    answers = attributes_of(lists)
    wrongs += filter(None, (check_attribute(one, answers.get(one.code, ())) for one in category.attributes))
    text = given(parameters, "description")
    wrongs += _lengths(parameters, text)
    if wrongs:
        raise Refused(*wrongs)
    return Filing(
        category=category,
        place=place,
        address=address,
        text=_words(text, category, answers),
        attributes={
            one.code: answers[one.code] if one.kind == "multivaluelist" else answers[one.code][0]
            for one in category.attributes
            if answers.get(one.code)
        },
        name=" ".join(filter(None, (given(parameters, "last_name"), given(parameters, "first_name")))),
        phone=given(parameters, "phone"),
        email=given(parameters, "email"),
        media_urls=tuple(
            one for one in listed(given(parameters, "media_url")) if one.startswith(("http://", "https://"))
        ),
    )


def _lengths(parameters: Mapping[str, str], text: str) -> list[Wrong]:
    limits = {"address_string": 250, "email": 254, "first_name": 60, "last_name": 60, "phone": 30, "media_url": 2000}
    found = [Wrong(400, f"{name} is too long") for name, most in limits.items() if len(given(parameters, name)) > most]
    return (
        [*found, Wrong(400, f"description has more than {LONGEST_WORDS} characters")]
        if len(text) > LONGEST_WORDS
        else found
    )


def _words(text: str, category: Category, answers: Mapping[str, Sequence[str]]) -> str:
    """The description; where there is none, the title that some programs send as an attribute, or the kind's name."""
    said = text or ". ".join(one for code in ("title", "description") for one in answers.get(code, ()))
    return said if len(said) >= 10 else f"{category.name}. {said}".strip()


def kind_of_service(category: Category) -> str:
    """``realtime`` where the id is told at once, ``batch`` (first a token) where an operator looks at it before."""
    return "realtime" if category.publicity is Publicity.OPEN else "batch"


# --- shapes ---------------------------------------------------------------------------------------------------------


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
