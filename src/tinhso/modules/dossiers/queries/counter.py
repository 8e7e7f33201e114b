"""What the counter asks: dossiers by number, the register of a span of days, procedures and papers to receive."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta
from typing import Any

from django.utils import timezone

from tinhso.kernel.cases.codes import tidy_code
from tinhso.kernel.cases.models import Case
from tinhso.kernel.cases.queries import matching, own_number
from tinhso.kernel.people.models import Account, Business, Person
from tinhso.kernel.people.rules import Actor, is_tax_code
from tinhso.kernel.search.rules import fold
from tinhso.kernel.units.queries import tree
from tinhso.kernel.units.rules import Kind
from tinhso.modules.dossiers.models import Dossier
from tinhso.modules.dossiers.queries.case_page import CHANNEL_WORDS, at_desk
from tinhso.modules.dossiers.queries.printing import RESULT_CHANNEL_WORDS
from tinhso.modules.dossiers.queries.routing import centre_of
from tinhso.modules.dossiers.rules import Channel, Permission, ResultChannel, is_dossier_code
from tinhso.modules.procedures import door as procedures
from tinhso.modules.procedures.door import ProcedureSheet

MOST_ROWS = 5000


def bounds(first: date, last: date) -> tuple[datetime, datetime]:
    begin = timezone.make_aware(datetime.combine(first, time()))
    return begin, timezone.make_aware(datetime.combine(last, time())) + timedelta(days=1)


def register(actor: Actor, first: date, last: date) -> dict[str, Any]:
    """Form 07: what the actor's counters received from ``first`` to ``last``, both included; at most 5,000 rows."""
    scope = actor.scope(Permission.RECEIVE)
    rows = Dossier.objects.visible_to(actor).filter(case__opened_at__range=bounds(first, last))
    if not scope.everywhere:
        rows = rows.filter(case__received_unit_id__in=sorted(scope.units))
    rows = rows.select_related("case").order_by("case__opened_at")[:MOST_ROWS]
    known = tree()
    here = known.nodes.get(actor.unit_id or 0) or known.nodes[known.root_ids[0]]
    body = known.body_of(here.id)
    parent = known.nodes.get(body.parent_id or 0)
    now = timezone.localtime()
    return {
        "parent_agency": parent.name if parent else "",
        "agency": body.name,
        "oss": here.name,
        "place": body.short_name,
        "period": f"Từ ngày {first:%d/%m/%Y} đến ngày {last:%d/%m/%Y}",
        "rows": [_row(one) for one in rows],
        "printed_at": f"{now:%H:%M %d/%m/%Y}",
    }


def _row(one: Dossier) -> dict[str, Any]:
    case, known = one.case, tree()
    returned = case.settled_at if case.state in ("finished", "returned") else None
    return {
        "code": case.number,
        "procedure": one.procedure_name,
        "sets": one.sets,
        "applicant": one.applicant_name,
        "address": ", ".join(part for part in (one.address, one.phone) if part),
        "agency": known.nodes[case.unit_id].short_name if case.unit_id in known.nodes else "",
        "received_on": _day(case.opened_at),
        "due_on": _day(case.due_at),
        "returned_on": _day(returned),
        "channel": f"{CHANNEL_WORDS[Channel(one.channel)]}; {RESULT_CHANNEL_WORDS[ResultChannel(one.result_channel)]}",
        "receipt": "",
    }


def _day(moment: datetime | None) -> str:
    return f"{timezone.localtime(moment):%d/%m/%Y}" if moment else ""


# --- Receiving ----------------------------------------------------------------------------------------------------


def counter_of(actor: Actor) -> int | None:
    """The one-stop centre at which this official receives: their own unit's, if they may receive there."""
    known = tree()
    own = centre_of(actor.unit_id) if actor.unit_id is not None and actor.unit_id in known.nodes else None
    for unit_id in (actor.unit_id, own):
        if unit_id is not None and actor.may(Permission.RECEIVE, unit_id):
            return own if own is not None and actor.may(Permission.RECEIVE, own) else unit_id
    scope = actor.scope(Permission.RECEIVE)
    return min(scope.units, default=None) if not scope.everywhere else centre_of(known.root_ids[0])


def initials(name: str) -> str:
    """First letters of a name without marks: ``cgpxd`` for Cấp giấy phép xây dựng."""
    return "".join(word[0] for word in fold(name).split() if word[0].isalnum())


def picks(text: str, on: date, most: int = 8) -> list[ProcedureSheet]:
    """Procedures in force by code, by the first letters of their name (``cgpxd``, ``cpxd``) or by words."""
    wanted = fold(text).strip()
    if not wanted:
        return []
    ranked = [(_rank(one, wanted), one.name, one) for one in procedures.all_published(on).values()]
    return [one for rank, _name, one in sorted(ranked, key=lambda row: (-row[0], row[1])) if rank][:most]


def _rank(one: ProcedureSheet, wanted: str) -> int:
    """How well a procedure fits what was typed; 0 when it does not."""
    digits, code = wanted.replace(" ", ""), one.code.replace(".", "")
    if code.startswith(digits):
        return 100 if code == digits else 80
    names = (one.name, one.legal_name, *one.names.everyday)
    if any(initials(name) == wanted for name in names):
        return 60
    words = wanted.split()
    if any(all(f" {word}" in f" {fold(name)}" for word in words) for name in names):
        return 50
    if len(words) > 1 or len(wanted) < 3:
        return 0
    spread = [len(short) - len(wanted) for short in map(initials, names) if _runs_through(wanted, short)]
    return max(1, 40 - min(spread)) if spread else 0


def _runs_through(short: str, long: str) -> bool:
    """Whether the letters stand in the other word in this order, the first first."""
    rest = iter(long)
    return long[:1] == short[:1] and all(letter in rest for letter in short)


def person_with(identity_number: str) -> Person | None:
    """Somebody known by this number; asked by POST only, so that numbers stay out of addresses and logs."""
    return Person.objects.filter(identity_number=identity_number).first()


def business_with(tax_code: str) -> Business | None:
    """The business known by this tax code."""
    return Business.objects.filter(tax_code=tax_code).first() if is_tax_code(tax_code) else None


def commune_of(identity_number: str, address: str) -> str:
    """The code of the commune somebody lives in: as known of them, else as their address names it; may be empty."""
    known = tree()
    person = person_with(identity_number)
    node = known.nodes.get(person.commune_id or 0) if person else None
    if node is not None:
        return node.code
    words = fold(address)
    named = [one for one in known.nodes.values() if one.kind == Kind.COMMUNE and one.ends_on is None]
    fitting = [one for one in named if f" {fold(one.name)} " in f" {words} "]
    return fitting[0].code if len(fitting) == 1 else ""


def account_of(person: Person) -> int | None:
    """The account of this person, so that what is received here shows among their own dossiers."""
    return Account.objects.filter(person=person, is_active=True).values_list("pk", flat=True).first()


# --- Finding ------------------------------------------------------------------------------------------------------

PAGE = 20


def number_in(text: str) -> str:
    """The code in what was typed or scanned: a code, or the address inside the QR code of a receipt."""
    found = re.search(r"/tra-cuu/([^/]+)/", text)
    return tidy_code(found[1] if found else text)


def search(actor: Actor, text: str, *, state: str = "", after: int | None = None) -> tuple[list[Dossier], int | None]:
    """One page of the dossiers that fit, newest first, and the key of the next page. One statement."""
    rows = at_desk(actor).select_related("case__assignee")
    number = number_in(text)
    if is_dossier_code(number):
        rows = rows.filter(case__number=own_number(number))
    elif text.strip():
        rows = rows.filter(case__in=matching(Case.objects.all(), text).values("pk"))
    if state:
        rows = rows.filter(case__state=state)
    if after is not None:
        rows = rows.filter(pk__lt=after)
    found = list(rows.order_by("-pk")[: PAGE + 1])
    return found[:PAGE], found[PAGE - 1].pk if len(found) > PAGE else None
