"""A case's statutory time as one small value: when it began, how long it is, when it stood still.

The due date is always computed from this value and the calendar, never carried forward, so it can be explained and
recomputed years later.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from tinhso.kernel.clock.rules import Calendar, Due, Extension, Limit, Pause, due


@dataclass(frozen=True)
class Term:
    """``started_at`` is None until the clock starts: a dossier not yet accepted has no statutory time."""

    limit: Limit
    started_at: datetime | None = None
    pauses: tuple[Pause, ...] = ()
    extensions: tuple[Extension, ...] = ()
    calendar: str = ""
    stopped_at: datetime | None = None

    @property
    def is_paused(self) -> bool:
        return bool(self.pauses) and self.pauses[-1].end is None

    def start(self, at: datetime, calendar: str) -> Term:
        return self if self.started_at else replace(self, started_at=at, calendar=calendar)

    def pause(self, at: datetime, kind: str, reason: str) -> Term:
        return self if self.is_paused else replace(self, pauses=(*self.pauses, Pause(kind, at, None, reason)))  # type: ignore[arg-type]

    def resume(self, at: datetime) -> Term:
        if not self.is_paused:
            return self
        last = self.pauses[-1]
        return replace(self, pauses=(*self.pauses[:-1], replace(last, end=max(at, last.start))))

    def extend(self, extension: Extension) -> Term:
        return replace(self, extensions=(*self.extensions, extension))

    def stop(self, at: datetime) -> Term:
        return replace(self.resume(at), stopped_at=at)

    def due(self, calendar: Calendar) -> Due | None:
        """The due date with the steps that led to it; None before the clock has started."""
        if self.started_at is None:
            return None
        return due(self.started_at, self.limit, calendar, self.pauses, self.extensions)

    def to_json(self) -> dict[str, Any]:
        return {
            "limit": self.limit.to_json(),
            "started_at": self.started_at and self.started_at.isoformat(),
            "pauses": [pause.to_json() for pause in self.pauses],
            "extensions": [extension.to_json() for extension in self.extensions],
            "calendar": self.calendar,
            "stopped_at": self.stopped_at and self.stopped_at.isoformat(),
        }

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Term:
        """The inverse of ``to_json``; an empty value is a term of unknown length that has not started."""
        if not value:
            return cls(Limit.unknown())
        return cls(
            limit=Limit.from_json(value["limit"]),
            started_at=_moment(value.get("started_at")),
            pauses=tuple(Pause.from_json(pause) for pause in value.get("pauses", ())),
            extensions=tuple(Extension.from_json(extension) for extension in value.get("extensions", ())),
            calendar=value.get("calendar", ""),
            stopped_at=_moment(value.get("stopped_at")),
        )


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
