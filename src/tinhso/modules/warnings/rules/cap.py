"""A bulletin as a message of the Common Alerting Protocol 1.2 (OASIS standard, 2010-07-01; namespace below).

Elements stand in the order of the standard's schema. Times have a zone and no fractions; ``Z`` is not allowed there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from html import escape

from tinhso.modules.warnings.rules import KIND_NAMES, KINDS, LEVELS, Kind, Level

NAMESPACE = "urn:oasis:names:tc:emergency:cap:1.2"
CONTENT_TYPE = "application/cap+xml; charset=utf-8"
GEOCODE = "vn-administrative-unit"  # our name for the five-digit codes of administrative units


@dataclass(frozen=True, slots=True)
class Area:
    name: str
    code: str = ""


@dataclass(frozen=True, slots=True)
class Message:
    """``before`` is identifier and sending time of the message that this one updates or cancels."""

    identifier: str
    sender: str
    sender_name: str
    sent_at: datetime
    is_cancelling: bool
    is_test: bool
    kind: str
    level: int
    title: str
    body: str
    advice: str
    begins_at: datetime
    expires_at: datetime
    web: str
    areas: Sequence[Area]
    before: tuple[str, datetime] | None = None


def identifier(host: str, code: str, number: int, *, is_cancelling: bool = False) -> str:
    """The same for ever: no blanks, commas, ``<`` or ``&`` (CAP 1.2, 3.2.1)."""
    return f"{host}/{code}.{number}{'.rut' if is_cancelling else ''}"


def moment(at: datetime) -> str:
    """``2026-11-22T08:00:00+07:00``; the caller gives a time of the province's zone."""
    return at.replace(microsecond=0).isoformat()


def written(said: Message) -> str:
    """The message as XML."""
    about = "Cancel" if said.is_cancelling else "Update" if said.before else "Alert"
    head = [
        ("identifier", said.identifier),
        ("sender", said.sender),
        ("sent", moment(said.sent_at)),
        ("status", "Test" if said.is_test else "Actual"),
        ("msgType", about),
        ("scope", "Public"),
    ]
    if said.before:
        head.append(("references", f"{said.sender},{said.before[0]},{moment(said.before[1])}"))
    inner = "".join(_tag(name, text) for name, text in head) + f"<info>{_info(said)}</info>"
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<alert xmlns="{NAMESPACE}">{inner}</alert>\n'


def _info(said: Message) -> str:
    kind, has_begun = Kind(said.kind), said.begins_at <= said.sent_at
    told = [
        ("language", "vi-VN"),
        ("category", KINDS[kind][2]),
        ("event", KIND_NAMES[kind]),
        ("responseType", "AllClear" if said.is_cancelling else "Monitor"),
        ("urgency", "Past" if said.is_cancelling else "Immediate" if has_begun else "Future"),
        ("severity", LEVELS[Level(said.level)][2]),
        ("certainty", "Observed" if has_begun else "Likely"),
        ("effective", moment(said.sent_at)),
        ("onset", moment(said.begins_at)),
        ("expires", moment(said.expires_at)),
        ("senderName", said.sender_name),
        ("headline", said.title),
        ("description", said.body),
        ("instruction", said.advice),
        ("web", said.web),
    ]
    return "".join(_tag(name, text) for name, text in told if text) + "".join(_area(one) for one in said.areas)


def _area(one: Area) -> str:
    code = _tag("valueName", GEOCODE) + _tag("value", one.code)
    return f"<area>{_tag('areaDesc', one.name)}{f'<geocode>{code}</geocode>' if one.code else ''}</area>"


def _tag(name: str, text: str) -> str:
    """Characters that XML forbids are left out."""
    kept = "".join(one for one in text if one >= " " or one in "\n\t")
    return f"<{name}>{escape(kept)}</{name}>"
