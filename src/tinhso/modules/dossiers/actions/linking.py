"""Linked procedures: one dossier handed in, a child for each procedure, the parent done when all children are.

Each child has its own code, unit, status and due date; the parent's limit is its own published total.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_noop

from tinhso.kernel.cases import actions as cases
from tinhso.kernel.cases.rules import Phase
from tinhso.kernel.people.rules import Actor
from tinhso.kernel.units.queries import tree
from tinhso.kernel.units.rules import Kind
from tinhso.modules.dossiers.actions.filing import Applicant, Filing, open_dossier
from tinhso.modules.dossiers.models import Dossier
from tinhso.modules.dossiers.queries import routing
from tinhso.modules.dossiers.queries.answers import meant
from tinhso.modules.dossiers.rules import Channel
from tinhso.modules.procedures import door as procedures


@transaction.atomic
def open_children(*, dossier_id: int, by: Actor, at: datetime) -> list[Dossier]:
    """Open the children of an accepted dossier; opening them again opens none twice."""
    parent = Dossier.objects.locked(dossier_id)
    sheet = procedures.sheet(parent.version_id)
    on = timezone.localtime(at).date()
    above = _codes_above(parent)
    opened = []
    for code in sheet.linked:
        child = procedures.published(code, on)
        key = f"child-{parent.pk}-{code}"
        if child is None or code in above or Dossier.objects.filter(request_key=key).exists():
            continue
        where = routing.route(child, commune_id=_commune_of(parent), at_unit_id=parent.case.received_unit_id, on=on)
        filing = Filing(
            sheet=child,
            branch="",
            channel=Channel.DIRECT,
            where=where,
            applicant=_applicant(parent),
            answers=parent.answers,
            result_channel=parent.result_channel,
            parent_id=parent.pk,
            request_key=key,
        )
        opened.append(open_dossier(filing, state="received", verb="dossier.receive", by=by, at=at))
    if opened:
        codes = ", ".join(one.case.number for one in opened)
        cases.record(parent.case, "dossier.link", by=by, at=at, data={"children": codes})
    return opened


def _codes_above(dossier: Dossier | None) -> set[str]:
    """Procedures of the dossier and of all it was opened for: those linked in a circle open no child twice."""
    codes = set()
    while dossier is not None:
        codes.add(dossier.procedure_code)
        dossier = dossier.parent
    return codes


def _commune_of(parent: Dossier) -> int | None:
    """The commune that resolves or received the parent, else the one its answers name."""
    known, case = tree(), parent.case
    nodes = (*known.path(case.unit_id), *known.path(case.received_unit_id))
    found = next((node.id for node in nodes if node.kind == Kind.COMMUNE), None)
    return found or meant(procedures.sheet(parent.version_id), parent.branch, parent.answers).commune_id


def _applicant(parent: Dossier) -> Applicant:
    return Applicant(
        name=parent.applicant_name,
        identity_number=parent.identity_number,
        phone=parent.phone,
        email=parent.email,
        address=parent.address,
        person_id=parent.person_id,
        business_id=parent.business_id,
        account_id=parent.case.owner_id,
    )


@transaction.atomic
def note_parent_ended(*, dossier_id: int, by: Actor, at: datetime) -> list[Dossier]:
    """A dossier that ends without a result leaves its open children open: each says so in its history and to who has
    it, once. Whoever wants to stop those too withdraws them one by one."""
    parent = Dossier.objects.select_related("case").get(pk=dossier_id)
    told = []
    for pk in parent.children.filter(case__phase__lt=Phase.SETTLED).order_by("pk").values_list("pk", flat=True):
        child = Dossier.objects.locked(pk)
        if child.case.phase >= Phase.SETTLED or child.case.entries.filter(verb="dossier.parent_ended").exists():
            continue
        change = {"news": gettext_noop("Hồ sơ liên thông chung đã kết thúc")}
        data = {"parent": parent.case.number}
        cases.record(child.case, "dossier.parent_ended", by=by, at=at, data=data, change=change)
        told.append(child)
    return told


@transaction.atomic
def note_child_done(*, dossier_id: int, by: Actor, at: datetime) -> bool:
    """When the last child of a parent is settled, tell the parent's handler; True when that was now."""
    child = Dossier.objects.select_related("case").filter(pk=dossier_id, parent__isnull=False).first()
    if child is None:
        return False
    parent = Dossier.objects.locked(child.parent_id or 0)
    still_open = parent.children.filter(case__phase__lt=Phase.SETTLED).exists()
    told = parent.case.entries.filter(verb="dossier.children_done").exists()
    if still_open or told:
        return False
    change = {"news": gettext_noop("Các hồ sơ con đã có kết quả")}
    cases.record(parent.case, "dossier.children_done", by=by, at=at, change=change)
    return True
