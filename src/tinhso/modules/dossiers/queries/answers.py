"""What the answers of a form mean to a dossier, whichever fields a procedure's form uses to ask for it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from tinhso.kernel.people.models import Person
from tinhso.kernel.people.rules import Actor
from tinhso.kernel.units.queries import successors_on, tree
from tinhso.modules.dossiers.rules import ResultChannel
from tinhso.modules.procedures import door as procedures
from tinhso.modules.procedures.door import ProcedureSheet

RESULT_CHANNELS = {
    "dien_tu": ResultChannel.ELECTRONIC,
    "mot_cua": ResultChannel.COUNTER,
    "buu_chinh": ResultChannel.POST,
}
COMMUNE_ASKED_BY_ITSELF = "noi_giai_quyet"  # added by the portal where a form asks for no address


@dataclass(frozen=True, slots=True)
class Meant:
    """Applicant, place and way of return as the answers tell them; empty where they do not."""

    full_name: str = ""
    identity_number: str = ""
    phone: str = ""
    email: str = ""
    address: str = ""
    commune_id: int | None = None
    result_channel: str = ResultChannel.ELECTRONIC


def meant(sheet: ProcedureSheet, branch: str, answers: Mapping[str, Any]) -> Meant:
    """Read the answers by what each field is prefilled from, and by its type."""
    fields = [one for section in procedures.form_for(sheet, branch) for one in section.fields]
    by_source: dict[str, Any] = {}
    for one in fields:
        if one.prefill and answers.get(one.code):
            by_source.setdefault(one.prefill.partition(".")[2], answers[one.code])
    channel = next((RESULT_CHANNELS[str(v)] for v in answers.values() if str(v) in RESULT_CHANNELS), None)
    return Meant(
        full_name=str(by_source.get("full_name") or ""),
        identity_number=str(by_source.get("identity_number") or ""),
        phone=str(by_source.get("phone") or ""),
        email=str(by_source.get("email") or ""),
        address=address_words(by_source.get("address")),
        commune_id=_commune(fields, answers),
        result_channel=channel or ResultChannel.ELECTRONIC,
    )


def _commune(fields: list[Any], answers: Mapping[str, Any]) -> int | None:
    """The commune that decides: asked for by itself, else where the thing applied for is, else where one lives."""
    values = [answers.get(COMMUNE_ASKED_BY_ITSELF)]
    places = [one for one in fields if one.type == "address"]
    for one in sorted(places, key=lambda place: bool(place.prefill)):
        value = answers.get(one.code)
        values.append(value.get("commune") if isinstance(value, Mapping) else None)
    for code in values:
        node = tree().by_code.get(str(code)) if code else None
        heirs = successors_on(node.id, timezone.localdate()) if node is not None else ()
        if len(heirs) == 1:  # of a commune that was divided the person says which part it is
            return heirs[0]
    return None


def address_words(value: Any) -> str:
    """``{"commune": code, "detail": …}`` as one line."""
    if not isinstance(value, Mapping):
        return str(value or "")
    node = tree().by_code.get(str(value.get("commune") or ""))
    return ", ".join(part for part in (value.get("detail"), node.name if node else "") if part)


def prefill(sheet: ProcedureSheet, branch: str, by: Actor, *, person_id: int | None = None) -> dict[str, Any]:
    """What is already known of the person, by field; shown as prefilled so that it can be corrected.

    ``person_id``: of whom one acts for, when that is not oneself."""
    known_by = person_id or by.person_id
    person = Person.objects.filter(pk=known_by).first() if known_by else None
    if person is None:
        return {}
    commune = tree().nodes.get(person.commune_id or 0)
    known = Known(
        full_name=person.full_name,
        identity_number=person.identity_number or "",
        phone=person.phone,
        email=person.email,
        born_on=person.born_on.isoformat() if person.born_on else "",
        address=person.address,
        commune=commune.code if commune else "",
    )
    fields = [one for section in procedures.form_for(sheet, branch) for one in section.fields]
    return known_answers(fields, known)


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of an applicant before a form is asked; empty where it is not. ``born_on`` is ISO text.

    ``place`` is the commune of what is applied for, ``result_channel`` how the result is wanted, where already asked.
    """

    full_name: str = ""
    identity_number: str = ""
    phone: str = ""
    email: str = ""
    born_on: str = ""
    address: str = ""
    commune: str = ""
    place: str = ""
    result_channel: str = ""


def known_answers(fields: Iterable[Any], known: Known) -> dict[str, Any]:
    """Answers that follow from what is known, by field; each can be corrected on the form."""
    found: dict[str, Any] = {}
    for one in fields:
        source = one.prefill.partition(".")[2]
        if source == "address" and known.address:
            found[one.code] = {"commune": known.commune, "detail": known.address}
        elif source and source != "address" and getattr(known, source, ""):
            found[one.code] = getattr(known, source)
        elif one.type == "address" and not source and known.place:
            found[one.code] = {"commune": known.place, "detail": ""}
        elif known.result_channel and {option.value for option in one.options} == set(RESULT_CHANNELS):
            found[one.code] = next(
                value for value, meaning in RESULT_CHANNELS.items() if meaning == known.result_channel
            )
    return found
