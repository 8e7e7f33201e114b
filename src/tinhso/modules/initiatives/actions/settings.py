"""The regulation and its editions; councils and who sits on them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.db import transaction

from tinhso.kernel.errors import NotAllowed, Refusal
from tinhso.kernel.journal.actions import note
from tinhso.kernel.people.models import Account
from tinhso.kernel.people.rules import Actor
from tinhso.kernel.seeds import seed
from tinhso.kernel.versions import actions as versions
from tinhso.modules.initiatives.models import Council, Member, Regulation, RegulationEdition
from tinhso.modules.initiatives.rules.judging import regulation_from
from tinhso.modules.initiatives.rules.states import Permission

PROVINCE = "province"


def _manages(unit_id: int, by: Actor) -> None:
    if not by.may(Permission.MANAGE, unit_id):
        raise NotAllowed


@transaction.atomic
def publish_regulation(content: Mapping[str, Any], *, valid_from: date, by: Actor, at: datetime) -> RegulationEdition:
    """Let a regulation hold from a day on; what was proposed before is judged by the one it began under."""
    if by.account_id is not None and not by.scope(Permission.MANAGE).everywhere:
        raise NotAllowed
    regulation_from(content)
    parent, _made = Regulation.objects.get_or_create(code=PROVINCE)
    source = str(content.get("legal_source", ""))[:250]
    draft = versions.draft(
        RegulationEdition, parent_id=parent.pk, content=dict(content), by=by, at=at, legal_source=source
    )
    made = versions.publish(draft, valid_from=valid_from, by=by, at=at)[0]
    data = {"number": made.number, "hash": made.content_hash}
    note(subject="initiatives/regulation", verb="initiatives.regulation", by=by, at=at, data=data)
    return made


def seeded() -> dict[str, Any]:
    """The regulation that comes with the platform; unconfirmed, as it says."""
    read: dict[str, Any] = seed("tinhso.modules.initiatives", "regulation.yaml")
    return read


@transaction.atomic
def found_council(
    *, unit_id: int, name: str, decision_number: str, begins_on: date, usernames: Sequence[str], by: Actor,
    at: datetime, is_demonstration: bool = False,
) -> Council:  # fmt: skip
    """Found a council of at least three officials; the first is its chair. Raises Refusal ``initiatives.members``."""
    _manages(unit_id, by)
    wanted = list(dict.fromkeys(one.strip() for one in usernames if one.strip()))
    known = {one.username: one for one in Account.objects.filter(username__in=wanted, is_official=True, is_active=True)}
    unknown = [one for one in wanted if one not in known]
    if unknown:
        raise Refusal("initiatives.members", f"Không có cán bộ: {', '.join(unknown)}.", field="members-tim")
    if len(wanted) < 3:
        raise Refusal("initiatives.members", "Hội đồng có ít nhất ba thành viên.", field="members-tim")
    council = Council.objects.create(
        unit_id=unit_id, name=name, decision_number=decision_number, begins_on=begins_on,
        is_demonstration=is_demonstration,
    )  # fmt: skip
    Member.objects.bulk_create(
        Member(council=council, account=known[one], is_chair=n == 0) for n, one in enumerate(wanted)
    )
    data = {"name": name, "members": len(wanted), "decision": decision_number}
    note(subject=f"initiatives/council/{council.pk}", verb="initiatives.council", by=by, at=at, data=data)
    return council


@transaction.atomic
def end_council(*, council_id: int, last_day: date, by: Actor) -> Council:
    """Let a council judge nothing new after a day."""
    council = Council.objects.select_for_update().get(pk=council_id)
    _manages(council.unit_id, by)
    if last_day < council.begins_on:
        raise Refusal("initiatives.day", "Ngày kết thúc không được trước ngày bắt đầu.", field="ends_on")
    council.ends_on = last_day
    council.save(update_fields=["ends_on"])
    return council
