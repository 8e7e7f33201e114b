"""Kinds of field report with their units, levels and deadlines, as one edition of the province's list says."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import Any

from tinhso.kernel.clock.rules import Limit
from tinhso.kernel.errors import Refusal
from tinhso.kernel.search.rules import fold

TYPES = ("string", "number", "datetime", "text", "singlevaluelist", "multivaluelist")  # of Open311


class Publicity(StrEnum):
    """Whether reports of a kind are shown: once accepted, when an operator decides so, or never."""

    OPEN = "open"
    ASK = "ask"
    NEVER = "never"


class First(StrEnum):
    """Who is responsible: the commune of the place, or a department of the province."""

    COMMUNE = "C"
    PROVINCE = "P"


@dataclass(frozen=True, slots=True)
class Level:
    """How urgent, and how long handling may take from acceptance on."""

    code: str
    name: str
    limit: Limit


@dataclass(frozen=True, slots=True)
class Reason:
    code: str
    name: str


@dataclass(frozen=True, slots=True)
class Attribute:
    """A further question about one kind of report; ``kind`` is one of ``TYPES``, ``values`` key → name for lists."""

    code: str
    name: str
    kind: str
    is_required: bool = False
    hint: str = ""
    values: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Category:
    """One kind of report. ``unit`` is a department's code without the province's, ``words`` by which it is suggested.

    ``needs_photo``: to report it. ``needs_proof``: an after-photo or document to close it. ``is_against``: it complains
    about a body, which never handles it. ``emergency``: whom to call at once. ``divert``: another service that fits.
    """

    code: str
    name: str
    english: str
    group: str
    group_name: str
    level: str
    first: First
    unit: str
    publicity: Publicity
    needs_photo: bool = False
    needs_proof: bool = False
    is_private_land: bool = False
    is_against: bool = False
    emergency: str = ""
    divert: str = ""
    words: tuple[str, ...] = ()
    attributes: tuple[Attribute, ...] = ()


@dataclass(frozen=True)
class Catalogue:
    """One edition. ``desk``: the code of the 1022 desk's unit; ``intake``: how long receiving and checking may take."""

    name: str
    desk: str
    intake: Limit
    levels: Mapping[str, Level]
    refusals: Mapping[str, Reason]
    categories: Mapping[str, Category]

    def category(self, code: str) -> Category:
        """Raises Refusal ``field_reports.category`` for a code that is not in this edition."""
        found = self.categories.get(code)
        if found is None:
            raise Refusal("field_reports.category", "Chọn loại phản ánh có trong danh mục.", field="category")
        return found

    def level(self, code: str) -> Level:
        """Raises Refusal ``field_reports.level`` for an unknown level."""
        found = self.levels.get(code)
        if found is None:
            raise Refusal("field_reports.level", "Chọn mức độ có trong danh mục.", field="level")
        return found

    def groups(self) -> Iterator[tuple[str, list[Category]]]:
        """Group names with their kinds, in the order of the list."""
        found: dict[str, list[Category]] = {}
        for one in self.categories.values():
            found.setdefault(one.group_name, []).append(one)
        yield from found.items()

    @cached_property
    def _phrases(self) -> list[tuple[str, str, int]]:
        """Folded phrases with their category and weight: longer ones say more."""
        found = []
        for one in self.categories.values():
            for words in (one.name, *one.words):
                folded = fold(words)
                found.append((f" {folded} ", one.code, len(folded.split()) ** 2))
        return found

    def suggest(self, text: str, limit: int = 3) -> list[Category]:
        """The kinds that the words of a report speak of, the likeliest first; marks and letter case do not matter."""
        said = f" {fold(text)} "
        scores: dict[str, int] = {}
        for phrase, code, weight in self._phrases:
            if phrase in said:
                scores[code] = scores.get(code, 0) + weight
        ranked = sorted(scores, key=lambda code: -scores[code])
        return [self.categories[code] for code in ranked[:limit]]


def catalogue_from(content: Mapping[str, Any]) -> Catalogue:
    """Read the content of an edition. Raises Refusal ``field_reports.catalogue`` naming what is wrong."""
    try:
        found = Catalogue(
            name=str(content["name"]),
            desk=str(content["desk"]),
            intake=_limit(content["intake"]),
            levels={str(one["code"]): Level(str(one["code"]), str(one["name"]), _limit(one))
                    for one in content["levels"]},
            refusals={str(one["code"]): Reason(str(one["code"]), str(one["name"])) for one in content["refusals"]},
            categories={one.code: one for one in _categories(content["groups"])},
        )  # fmt: skip
    except (KeyError, TypeError, ValueError) as wrong:
        raise _wrong(f"thiếu hoặc sai phần {wrong}") from wrong
    if not found.categories or not found.levels or not found.refusals:
        raise _wrong("phải có loại, mức độ và lý do từ chối")
    if sum(len(group["categories"]) for group in content["groups"]) != len(found.categories):
        raise _wrong("mã loại phản ánh bị trùng")
    for one in found.categories.values():
        if one.level not in found.levels:
            raise _wrong(f"{one.code} có mức độ “{one.level}” không có trong danh mục")
    return found


def _categories(groups: Any) -> Iterator[Category]:
    for group in groups:
        for one in group["categories"]:
            yield Category(
                code=str(one["code"]),
                name=str(one["name"]),
                english=str(one.get("english", "")),
                group=str(group["code"]),
                group_name=str(group["name"]),
                level=str(one["level"]),
                first=First(one["first"]),
                unit=str(one["unit"]),
                publicity=Publicity(one["publicity"]),
                needs_photo=bool(one.get("photo")),
                needs_proof=bool(one.get("proof")),
                is_private_land=bool(one.get("private_land")),
                is_against=bool(one.get("against")),
                emergency=str(one.get("emergency", "")),
                divert=str(one.get("divert", "")),
                words=tuple(str(word) for word in one.get("words") or ()),
                attributes=tuple(_attribute(more) for more in one.get("attributes") or ()),
            )


def _attribute(one: Mapping[str, Any]) -> Attribute:
    if one["type"] not in TYPES:
        raise ValueError(one["type"])
    values = {str(key): str(name) for key, name in _pairs(one.get("values") or {})}
    return Attribute(
        str(one["code"]),
        str(one["name"]),
        str(one["type"]),
        bool(one.get("required")),
        str(one.get("hint", "")),
        values,
    )


def _pairs(values: Any) -> Iterable[tuple[Any, Any]]:
    """Key and name: of a mapping as people write it, or of pairs, as editions keep them in their order."""
    return values.items() if isinstance(values, Mapping) else values


def in_order(content: Mapping[str, Any]) -> dict[str, Any]:
    """The content with values as pairs: the database keeps no order of keys."""
    groups = [{**group, "categories": [_kept(one) for one in group["categories"]]} for group in content["groups"]]
    return {**content, "groups": groups}


def _kept(category: Mapping[str, Any]) -> dict[str, Any]:
    attributes = [
        {**one, "values": [list(pair) for pair in _pairs(one["values"])]} if one.get("values") else one
        for one in category.get("attributes") or ()
    ]
    return {**category, **({"attributes": attributes} if attributes else {})}


def as_written(content: Any) -> Any:
    """The content as people write it, values as a mapping, code and name first; ``catalogue_from`` reads it as well."""
    if isinstance(content, list):
        return [as_written(one) for one in content]
    if not isinstance(content, Mapping):
        return content
    keys = sorted(content, key=lambda key: _FIRST.index(key) if key in _FIRST else len(_FIRST))
    return {
        key: {str(code): name for code, name in _pairs(content[key])} if key == "values" else as_written(content[key])
        for key in keys
    }


_FIRST = ("code", "name", "english", "legal_source", "desk", "intake", "amount", "unit", "levels", "refusals", "level",
          "first")  # fmt: skip


def _limit(one: Mapping[str, Any]) -> Limit:
    return Limit.from_json({"amount": str(one["amount"]), "unit": one["unit"]})


def _wrong(what: str) -> Refusal:
    return Refusal("field_reports.catalogue", f"Danh mục chưa dùng được: {what}. Sửa rồi nạp lại.")


def attributes_shown(category: Category, given: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Questions and answers in words, those the kind does not know left out."""
    shown = []
    for one in category.attributes:
        value = given.get(one.code)
        parts = value if isinstance(value, list) else [value] if value else []
        if parts:
            shown.append((one.name, ", ".join(one.values.get(str(part), str(part)) for part in parts)))
    return shown


def check_attributes(category: Category, given: Mapping[str, Any]) -> dict[str, Any]:
    """Answers to the further questions of a kind: known codes only, lists by their keys.

    Raises Refusal ``field_reports.attribute`` naming the field that is missing or has a value not in its list."""
    clean: dict[str, Any] = {}
    for one in category.attributes:
        value = given.get(one.code)
        if one.kind == "multivaluelist":
            chosen = [value] if isinstance(value, str) else list(value or ())
            clean[one.code] = [str(key) for key in chosen if str(key)]
            _among(one, clean[one.code])
        else:
            clean[one.code] = str(value or "").strip()[:1000]
            if one.kind == "singlevaluelist" and clean[one.code]:
                _among(one, [clean[one.code]])
        if not clean[one.code]:
            if one.is_required:
                raise _attribute_wrong(one, "Trả lời câu hỏi")
            del clean[one.code]
    return clean


def _among(one: Attribute, keys: list[str]) -> None:
    if any(key not in one.values for key in keys):
        raise _attribute_wrong(one, "Chọn trong danh sách của")


def _attribute_wrong(one: Attribute, what: str) -> Refusal:
    return Refusal("field_reports.attribute", f"{what} “{one.name}”.", field=f"attribute[{one.code}]")
