"""Certified e-copies: requests, the register, the statement's words, and what anybody may verify."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from tinhso.kernel.cases.models import Case
from tinhso.kernel.cases.rules import PublicStory
from tinhso.kernel.errors import NotFound
from tinhso.kernel.papers.rules import date_words
from tinhso.kernel.people.models import Account
from tinhso.kernel.people.rules import Actor
from tinhso.kernel.units.queries import tree
from tinhso.kernel.units.rules import Kind, people_committee
from tinhso.modules.vault import rules
from tinhso.modules.vault.models import Certification
from tinhso.modules.vault.rules import CERTIFICATION, Permission

STATEMENT = Path(__file__).resolve().parents[1] / "seeds" / "forms" / "certificate.typ"
PAGE = 30
STATE_TAGS = {"requested": "warn", "compared": "info", "signed": "info", "issued": "ok", "refused": "bad"}


def centre_of(unit_id: int) -> int:
    """The one-stop centre of a commune, where originals are shown; the commune itself where it has none."""
    known = tree()
    today = timezone.localdate()
    for child in known.children.get(unit_id, ()):
        if known.nodes[child].kind == Kind.CENTRE and known.nodes[child].lives_on(today):
            return child
    return unit_id


def agency_name(unit_id: int) -> str:
    """“Ủy ban nhân dân phường Tân Ninh”."""
    node = tree().nodes[unit_id]
    return people_committee(node.name) if node.kind == Kind.COMMUNE else node.name


def communes() -> list[tuple[int, str]]:
    """All communes of today, by name."""
    today = timezone.localdate()
    nodes = [one for one in tree().nodes.values() if one.kind == Kind.COMMUNE and one.lives_on(today)]
    return sorted(((one.id, one.name) for one in nodes), key=lambda pair: pair[1])


def verify_url(code: str) -> str:
    return f"{settings.BASE_URL}/kiem-tra-ban-sao/{code}/"


def statement_data(copy: Certification, by: Actor, at: datetime) -> dict[str, Any]:
    """What the statement says, for its template."""
    known = tree()
    node = known.nodes[copy.case.unit_id]
    parent = known.nodes.get(node.parent_id or 0)
    compared = Account.objects.filter(pk=copy.compared_by_id or 0).values_list("display_name", flat=True).first()
    return {
        "demonstration": not settings.PRODUCTION,
        "parent_agency": people_committee(parent.name) if parent and parent.kind == Kind.PROVINCE else "",
        "agency": agency_name(copy.case.unit_id),
        "authority": by.title or _("Người thực hiện chứng thực"),
        "place": node.short_name,
        "number": copy.register_number,
        "date": date_words(at.date()),
        "title": copy.title,
        "original_issuer": copy.original_issuer,
        "original_number": copy.original_number,
        "pages": str(copy.pages),
        "compared_by": compared or "",
        "code": copy.code,
        "qr_url": verify_url(copy.code or ""),
    }


def own(actor: Actor, number: str) -> Certification:
    """One's own request. Raises NotFound for anybody else's."""
    found = (
        Certification.objects.filter(case__owner_id=actor.account_id or 0, case__number=number)
        .select_related("case__unit", "item", "case__received_unit")
        .first()
    )
    if found is None:
        raise NotFound("vault.no_request", _("Không tìm thấy yêu cầu chứng thực này trong tài khoản của bạn."))
    return found


def mine(actor: Actor) -> list[dict[str, Any]]:
    """One's own requests, newest first; at most thirty."""
    rows = Certification.objects.filter(case__owner_id=actor.account_id or 0).select_related("case__unit", "item")
    return [row_of(one) for one in rows.order_by("-pk")[:PAGE]]


def row_of(one: Certification) -> dict[str, Any]:
    return {
        "copy": one,
        "case": one.case,
        "state": _(CERTIFICATION.lifecycle.state(one.case.state).name),
        "tag": STATE_TAGS.get(one.case.state, ""),
        "unit": agency_name(one.case.unit_id),
    }


def at_desk(actor: Actor, number: str) -> Certification:
    """A request at the official's units. Raises NotFound."""
    rows = Certification.objects.filter(case__in=at_work(actor))
    found = rows.select_related("case__unit", "person", "compared_by", "signed_by", "copy__blob", "scan")
    one = found.filter(case__number=number).first()
    if one is None:
        raise NotFound("vault.no_request", _("Không tìm thấy yêu cầu chứng thực này trong phạm vi của bạn."))
    return one


def at_work(actor: Actor) -> Any:
    """Cases of certified copies at the units where the official holds the right to see; not one's own ones."""
    scope = actor.scope(Permission.SEE)
    rows = Case.objects.filter(kind=CERTIFICATION.code)
    return rows if scope.everywhere else rows.filter(concerned__overlap=sorted(scope.units))


def register(actor: Actor, *, open_only: bool, after: int | None = None) -> dict[str, Any]:
    """The register of e-copies: issued ones by number, or the requests that wait; newest first, paged by key."""
    rows = Certification.objects.filter(case__in=at_work(actor)).select_related("case__unit", "person", "signed_by")
    rows = rows.filter(issued_at__isnull=True, case__settled_at__isnull=True) if open_only else rows.filter(
        number__isnull=False
    )  # fmt: skip
    if after is not None:
        rows = rows.filter(pk__lt=after)
    found = list(rows.order_by("-pk")[: PAGE + 1])
    return {
        "rows": [row_of(one) for one in found[:PAGE]],
        "more": found[PAGE - 1].pk if len(found) > PAGE else None,
    }


@dataclass(frozen=True, slots=True)
class Verified:
    """What anybody may know of a certified copy: no person but the officer whose office it was."""

    code: str
    title: str
    agency: str
    number: str
    signed_by: str
    issued_at: datetime
    pages: int
    sha256: str
    is_revoked: bool


def verified(text: str) -> Verified | None:
    """The certified copy with this code; None for any other, and for one that is not issued yet. One statement."""
    rows = Certification.objects.select_related("case", "copy__blob", "signed_by", "item")
    found = rows.filter(code=rules.tidy_copy_code(text) or "-", issued_at__isnull=False).first()
    if found is None or found.copy is None or found.issued_at is None:
        return None
    return Verified(
        code=found.code or "",
        title=found.title,
        agency=agency_name(found.case.unit_id),
        number=found.register_number,
        signed_by=found.signed_by.display_name if found.signed_by else "",
        issued_at=found.issued_at,
        pages=found.pages,
        sha256=found.copy.blob.sha256,
        is_revoked=found.item is not None and found.item.revoked_at is not None,
    )


def public_story(case_id: int) -> PublicStory | None:
    """How far a request is, for the look-up without an account: three steps."""
    row = Certification.objects.filter(pk=case_id).values_list("case__state", "case__step", "person__phone").first()
    if row is None:
        return None
    state, step, phone = row
    done = {"requested": 0, "compared": 1, "signed": 2, "issued": 3}.get(state, 0)
    return PublicStory(steps_done=done, steps_total=3, step=step, phone_tail=phone[-4:])
