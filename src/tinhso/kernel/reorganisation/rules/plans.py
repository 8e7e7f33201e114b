"""What a plan says, as values: units to found and steps, read from a mapping such as a YAML file holds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import date
from enum import StrEnum
from typing import Any
from unicodedata import normalize

from tinhso.kernel.errors import Refusal


class Kind(StrEnum):
    MERGE = "merge"
    SPLIT = "split"
    ABOLISH = "abolish"
    COMPETENCE = "competence"


@dataclass(frozen=True, slots=True)
class Part:
    """A division or centre of a unit to be founded; its code is the unit's with ``suffix`` behind a hyphen."""

    suffix: str
    name: str
    kind: str


@dataclass(frozen=True, slots=True)
class Founded:
    """A unit that begins on the effective day. Without ``parts`` it gets those of the units it follows."""

    code: str
    name: str
    kind: str
    level: str
    parent: str
    short_name: str = ""
    national_id: str = ""
    commune_kind: str = ""
    admin_code: str = ""
    parts: tuple[Part, ...] = ()


@dataclass(frozen=True, slots=True)
class Way:
    """To which unit, and what goes there. All conditions given must hold; without any, the rest goes there.

    ``procedures`` are national codes, ``fields`` names of fields, ``places`` words of an address, ``officials`` user
    names: the cases assigned to them and they themselves."""

    unit: str
    procedures: tuple[str, ...] = ()
    fields: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    officials: tuple[str, ...] = ()

    @property
    def is_rest(self) -> bool:
        return not (self.procedures or self.fields or self.places or self.officials)


@dataclass(frozen=True, slots=True)
class Step:
    """One line of a plan: ``units`` (their codes) go the ``ways``; they are dissolved unless competence moves."""

    kind: Kind
    units: tuple[str, ...]
    ways: tuple[Way, ...]

    @property
    def dissolves(self) -> bool:
        return self.kind is not Kind.COMPETENCE

    def dissolved(self) -> tuple[str, ...]:
        """The units that end: all but one into which the others are merged or from which others are split off."""
        goals = {way.unit for way in self.ways}
        return tuple(code for code in self.units if code not in goals) if self.dissolves else ()


@dataclass(frozen=True, slots=True)
class Plan:
    """``effective_on`` is the first day of the new order."""

    code: str
    title: str
    decision: str
    effective_on: date
    founded: tuple[Founded, ...] = ()
    steps: tuple[Step, ...] = ()

    def dissolved(self) -> tuple[str, ...]:
        return tuple(code for step in self.steps for code in step.dissolved())


def parse(content: Mapping[str, Any]) -> Plan:
    """The plan that a mapping says. Raises Refusal ``reorganisation.unreadable`` with what cannot be understood."""
    return Plan(
        code=_text(content, "code"),
        title=_text(content, "title"),
        decision=_text(content, "decision"),
        effective_on=_day(content.get("effective_on")),
        founded=tuple(_founded(one) for one in _list(content, "found")),
        steps=tuple(_step(one) for one in _list(content, "steps")),
    )


def to_json(plan: Plan) -> dict[str, Any]:
    """The mapping from which ``parse`` makes the same plan; what is empty is left out."""
    return {
        "code": plan.code,
        "title": plan.title,
        "decision": plan.decision,
        "effective_on": plan.effective_on.isoformat(),
        "found": [_full(asdict(one)) for one in plan.founded],
        "steps": [_said(step) for step in plan.steps],
    }


def _said(step: Step) -> dict[str, Any]:
    ways = [_full(asdict(way)) for way in step.ways]
    if step.kind is Kind.MERGE:
        return {"merge": list(step.units), "into": step.ways[0].unit}
    if step.kind is Kind.SPLIT:
        return {"split": step.units[0], "into": ways}
    if step.kind is Kind.ABOLISH:
        return {"abolish": list(step.units), "into": ways}
    (way,) = ways
    return {"competence": step.units[0], "to": way.pop("unit"), **way}


def _full(said: dict[str, Any]) -> dict[str, Any]:
    return {
        key: [_full(dict(one)) if isinstance(one, dict) else one for one in value]
        if isinstance(value, tuple)
        else value
        for key, value in said.items()
        if value not in ("", ())
    }


def _step(said: Any) -> Step:
    if not isinstance(said, Mapping):
        raise _unreadable("mỗi bước phải ghi merge, split, abolish hoặc competence")
    kinds = [kind for kind in Kind if kind.value in said]
    if len(kinds) != 1:
        raise _unreadable("mỗi bước phải ghi đúng một trong merge, split, abolish, competence")
    kind = kinds[0]
    units = _codes(said[kind.value])
    if not units:
        raise _unreadable("mỗi bước phải ghi đơn vị")
    if kind is Kind.COMPETENCE:
        return Step(kind, units, (_way({**said, "unit": said.get("to")}),))
    into = said.get("into")
    ways = [{"unit": into}] if isinstance(into, str) else into
    if not isinstance(ways, list) or not ways:
        raise _unreadable("mỗi bước phải ghi đơn vị tiếp nhận (into)")
    return Step(kind, units, tuple(_way({"unit": way} if isinstance(way, str) else way) for way in ways))


def _way(said: Any) -> Way:
    if not isinstance(said, Mapping):
        raise _unreadable("đơn vị tiếp nhận phải là mã đơn vị, hoặc unit kèm điều kiện")
    rules = {name: _codes(said.get(name)) for name in ("procedures", "fields", "places", "officials")}
    return Way(_text(said, "unit"), **rules)


def _founded(said: Any) -> Founded:
    if not isinstance(said, Mapping):
        raise _unreadable("mỗi đơn vị thành lập mới phải có code và name")
    parts = tuple(Part(_text(one, "suffix"), _text(one, "name"), _text(one, "kind")) for one in _list(said, "parts"))
    more = {name: _tidy(said.get(name)) for name in ("short_name", "national_id", "commune_kind", "admin_code")}
    named = {name: _text(said, name) for name in ("code", "name", "kind", "level", "parent")}
    return Founded(**named, **more, parts=parts)


def _list(said: Mapping[str, Any], name: str) -> Iterable[Any]:
    found = said.get(name) or []
    if not isinstance(found, list):
        raise _unreadable(f"{name} phải là một danh sách")
    return found


def _codes(said: Any) -> tuple[str, ...]:
    if said is None:
        return ()
    return tuple(_tidy(one) for one in (said if isinstance(said, list | tuple) else [said]) if _tidy(one))


def _text(said: Mapping[str, Any], name: str) -> str:
    text = _tidy(said.get(name)) if isinstance(said, Mapping) else ""
    if not text:
        raise _unreadable(f"thiếu {name}")
    return text


def _tidy(value: Any) -> str:
    return "" if value is None else " ".join(normalize("NFC", str(value)).split())


def _day(value: Any) -> date:
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        raise _unreadable("effective_on phải là ngày dạng năm-tháng-ngày, ví dụ 2025-07-01") from None


def _unreadable(what: str) -> Refusal:
    return Refusal("reorganisation.unreadable", f"Phương án chưa đọc được: {what}.", field="content")
