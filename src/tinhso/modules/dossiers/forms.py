"""The shape of what people type: which names a field posts, and how a field is shown again with what was typed."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from django.http import QueryDict
from django.utils import timezone

from tinhso.kernel.units.queries import tree
from tinhso.kernel.units.rules import Kind

LONGEST = 8000


@dataclass(frozen=True)
class Shown:
    """A field ready for its component: ``kind`` names the component, ``value`` is what was typed."""

    code: str
    label: str
    kind: str
    value: Any = ""
    hint: str = ""
    error: str = ""
    is_optional: bool = False
    unit: str = ""
    autocomplete: str = ""
    inputmode: str = ""
    choices: list[tuple[str, ...]] = field(default_factory=list)
    values: list[str] = field(default_factory=list)
    is_prefilled: bool = False
    commune: str = ""
    detail: str = ""
    size: str = ""
    decides: bool = False


KINDS = {
    "text": "text", "longtext": "textarea", "number": "number", "money": "number", "date": "date", "choice": "choice",
    "choices": "choices", "yesno": "choice", "address": "address", "identity": "text", "phone": "tel", "email": "email",
}  # fmt: skip
YES_NO = [("co", "Có"), ("khong", "Không")]


def plain(text: str | None) -> str:
    """The text in the one form in which it is kept: composed letters, and no nought bytes, which no database takes."""
    return unicodedata.normalize("NFC", (text or "").replace("\0", ""))


def posted_answers(
    fields: Iterable[Any], posted: QueryDict, *, only: str = "", kept: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """What the post says of these fields, as typed; checked later. ``only`` names the one input that was changed."""
    found: dict[str, Any] = {}
    for one in fields:
        if one.type == "file":
            continue
        names = [one.code, f"{one.code}_ward", f"{one.code}_street"] if one.type == "address" else [one.code]
        if only and only not in names:
            continue
        if one.type == "address":
            before = (kept or {}).get(one.code)
            before = before if isinstance(before, dict) else {}
            found[one.code] = {
                "commune": plain(posted.get(names[1], before.get("commune", "")))[:40],
                "detail": plain(posted.get(names[2], before.get("detail", "")))[:LONGEST],
            }
        elif one.type == "choices":
            found[one.code] = [plain(value)[:200] for value in posted.getlist(one.code)[:50]]
        else:
            found[one.code] = plain(posted.get(one.code, ""))[:LONGEST]
    return found


def communes() -> list[tuple[str, str]]:
    """All communes of today, by name, for pickers."""
    today = timezone.localdate()
    nodes = [node for node in tree().nodes.values() if node.kind == Kind.COMMUNE and node.lives_on(today)]
    return sorted(((node.code, node.name) for node in nodes), key=lambda pair: pair[1])


def shown_fields(
    fields: Iterable[Any],
    answers: Mapping[str, Any],
    errors: Mapping[str, str],
    *,
    prefilled: Mapping[str, Any],
    deciding: frozenset[str] = frozenset(),
) -> list[Shown]:
    """The fields of a section with what was typed and what is wrong with it; ``deciding`` ones bring up others."""
    shown = [_shown(one, answers.get(one.code), errors.get(one.code, ""), prefilled) for one in fields]
    return [replace(one, decides=True) if one.code in deciding else one for one in shown]


def _shown(one: Any, value: Any, error: str, prefilled: Mapping[str, Any]) -> Shown:
    kind = KINDS.get(one.type, "text")
    address = value if isinstance(value, Mapping) else {}
    choices: list[tuple[str, ...]] = [(option.value, option.label) for option in one.options]
    if one.type == "yesno":
        choices, value = list(YES_NO), {True: "co", False: "khong"}.get(value, value)
    if one.type == "address":
        choices = list(communes())
    return Shown(
        code=one.code,
        label=one.label,
        kind=kind,
        value=_typed(one, value),
        hint=one.hint,
        error=error,
        is_optional=not one.required,
        unit=one.unit or ("đ" if one.type == "money" else ""),
        autocomplete=one.autocomplete,
        inputmode="numeric" if one.type in ("identity", "phone", "money") else "",
        choices=choices,
        values=[str(part) for part in value] if isinstance(value, list) else [],
        is_prefilled=bool(value) and prefilled.get(one.code) == value,
        commune=str(address.get("commune", "")),
        detail=str(address.get("detail", "")),
        size="short" if one.type in ("number", "date", "money") else "",
    )


def _typed(one: Any, value: Any) -> Any:
    """Dates as people write them; everything else as it was typed."""
    if one.type == "date" and isinstance(value, str) and len(value) == 10 and value[4] == "-":
        return "/".join(reversed(value.split("-")))
    return "" if value is None or isinstance(value, Mapping | list) else value
