"""What the answers of a form mean to a dossier, whichever fields a procedure's form uses to ask for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tinhso.kernel.people.models import Person
from tinhso.kernel.people.rules import Actor
from tinhso.kernel.units.queries import tree
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
        if node is not None:
            return node.id
    return None


def address_words(value: Any) -> str:
    """``{"commune": code, "detail": …}`` as one line."""
    if not isinstance(value, Mapping):
        return str(value or "")
    node = tree().by_code.get(str(value.get("commune") or ""))
    return ", ".join(part for part in (value.get("detail"), node.name if node else "") if part)


def prefill(sheet: ProcedureSheet, branch: str, by: Actor) -> dict[str, Any]:
    """What is already known of the person, by field; shown as prefilled so that it can be corrected."""
    person = Person.objects.filter(pk=by.person_id).first() if by.person_id else None
    if person is None:
        return {}
    known = {
        "full_name": person.full_name,
        "identity_number": person.identity_number or "",
        "phone": person.phone,
        "email": person.email,
        "born_on": person.born_on.isoformat() if person.born_on else "",
    }
    commune = tree().nodes.get(person.commune_id or 0)
    found: dict[str, Any] = {}
    for section in procedures.form_for(sheet, branch):
        for one in section.fields:
            source = one.prefill.partition(".")[2]
            if source == "address" and person.address:
                found[one.code] = {"commune": commune.code if commune else "", "detail": person.address}
            elif known.get(source):
                found[one.code] = known[source]
    return found
