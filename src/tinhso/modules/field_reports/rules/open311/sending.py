"""What a program files: a report and its further questions, checked against its kind."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tinhso.modules.field_reports.rules.catalogue import Attribute, Category
from tinhso.modules.field_reports.rules.open311.asking import Refused, Wrong, given, listed, moment, place_of
from tinhso.modules.field_reports.rules.places import Point

LONGEST_WORDS = 4000
_ATTRIBUTE = re.compile(r"attribute\[([^\[\]]{1,60})\](\[\])?")


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
