"""Rules as data: how a version is drafted, published from a day on, replaced, and how two of them differ."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from tinhso.kernel.errors import Refusal


class State(StrEnum):
    """A draft binds nobody; a published version holds until its last day; a replaced one has a last day."""

    DRAFT = "draft"
    PUBLISHED = "published"
    REPLACED = "replaced"


STATE_NAMES = {State.DRAFT: "Bản nháp", State.PUBLISHED: "Đang công bố", State.REPLACED: "Đã thay thế"}


@dataclass(frozen=True, slots=True)
class Span:
    """The days on which a published or replaced version holds; both ends count, open when ``valid_to`` is None."""

    number: int
    valid_from: date
    valid_to: date | None = None

    def holds_on(self, day: date) -> bool:
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)


def in_force(spans: Iterable[Span], day: date) -> Span | None:
    """The one that holds on that day."""
    return next((span for span in spans if span.holds_on(day)), None)


def shown(day: date) -> str:
    return day.strftime("%d/%m/%Y")


def last_day_of_previous(spans: Sequence[Span], valid_from: date) -> tuple[Span, date] | None:
    """Which version a new one replaces, and that version's last day; None when there is nothing to replace.

    No two versions may hold on the same day, so a new one must begin after all others have begun.
    Raises Refusal ``versions.overlap``.
    """
    later = [span for span in spans if span.valid_from >= valid_from]
    if later:
        last = max(later, key=lambda span: span.valid_from)
        raise Refusal(
            "versions.overlap",
            f"Bản số {last.number} đã có hiệu lực từ {shown(last.valid_from)}. Chọn ngày hiệu lực sau ngày đó.",
            field="valid_from",
        )
    open_ended = [span for span in spans if span.holds_on(valid_from)]
    if not open_ended:
        return None
    return open_ended[0], valid_from - timedelta(days=1)


def canonical(content: Any) -> str:
    """The content as text in one form only: keys sorted, no blanks."""
    return json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def content_hash(content: Any) -> str:
    """64 hexadecimal digits; equal contents have equal hashes whatever the order of their keys."""
    return hashlib.sha256(canonical(content).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Difference:
    """One place where two contents differ; ``old`` or ``new`` is None where the place does not exist.

    ``path`` is for programs (``channels.online.limit.amount``), ``label`` for people.
    """

    path: str
    label: str
    old: Any
    new: Any

    @property
    def is_added(self) -> bool:
        return self.old is None

    @property
    def is_removed(self) -> bool:
        return self.new is None


IDENTIFYING = ("code", "key")


def compare(old: Any, new: Any, labels: Mapping[str, str] | None = None) -> tuple[Difference, ...]:
    """All places where two contents differ, in the order of the old one.

    Rows of a list are matched by their ``code`` or ``key`` when all have one that is unique, otherwise by their place.
    ``labels`` names parts of a path in words; a part without a name shows as it is.
    """
    return tuple(_differences(old, new, (), labels or {}))


def _differences(old: Any, new: Any, path: tuple[str, ...], labels: Mapping[str, str]) -> Iterable[Difference]:
    if old == new:
        return
    pairs = _pairs(old, new)
    if pairs is None:
        label = " › ".join(labels.get(part, part) for part in path)
        yield Difference(".".join(path), label, old, new)
        return
    for part, before, after in pairs:
        yield from _differences(before, after, (*path, part), labels)


def _pairs(old: Any, new: Any) -> list[tuple[str, Any, Any]] | None:
    """The parts of two contents side by side, or None when they have no parts to compare."""
    if isinstance(old, dict) and isinstance(new, dict):
        return [(key, old.get(key), new.get(key)) for key in {**old, **new}]
    if isinstance(old, list) and isinstance(new, list) and _rows(old) and _rows(new):
        before, after = _keyed(old), _keyed(new)
        if before is None or after is None:
            before, after = _numbered(old), _numbered(new)
        return [(key, before.get(key), after.get(key)) for key in {**before, **after}]
    return None


def _rows(values: list[Any]) -> bool:
    return all(isinstance(value, dict) for value in values)


def _keyed(rows: list[dict[str, Any]]) -> dict[str, Any] | None:
    for name in IDENTIFYING:
        keys = [str(row.get(name, "")) for row in rows]
        if all(keys) and len(set(keys)) == len(keys):
            return dict(zip(keys, rows, strict=True))
    return None


def _numbered(rows: list[dict[str, Any]]) -> dict[str, Any]:
    return {str(place): row for place, row in enumerate(rows, 1)}
