"""What a program asks for: filters, times, places, and what is wrong with them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone

from tinhso.modules.field_reports.rules.places import Point, point

HERE = timezone(timedelta(hours=7))
LONGEST_SPAN = timedelta(days=90)
MOST_ROWS, USUAL_PAGE = 1000, 100
MOST_PAGES = 200
_ZONE = re.compile(r" (\d\d:?\d\d)$")


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
