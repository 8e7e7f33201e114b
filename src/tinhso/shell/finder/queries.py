"""Asking every declared search, each on its own: one that fails does not take the others with it."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from typing import Any

from django.db import Error, transaction
from django.utils.translation import gettext as _

from tinhso.kernel.cases.addresses import desk_page, own_page
from tinhso.kernel.cases.models import Case
from tinhso.kernel.cases.queries import matching
from tinhso.kernel.manifest import Audience, Search, registry
from tinhso.kernel.people.rules import Actor
from tinhso.kernel.replicas import tolerates_age
from tinhso.kernel.search.rules import Hit
from tinhso.kernel.units.queries import tree

log = logging.getLogger(__name__)
LIMIT = 8
CASES = "cases"


@dataclass(frozen=True)
class Group:
    """What one source found. ``is_broken`` says that it could not be asked, which is not the same as nothing."""

    code: str
    title: str
    hits: list[Any] = field(default_factory=list)
    is_broken: bool = False


def found(text: str, actor: Actor, only: str = "") -> list[Group]:
    """Everything found for a text, grouped by source in the declared order; empty groups are left out."""
    groups = [_asked(source, text, actor) for source in sources(actor) if not only or source.code == only]
    return [group for group in groups if group.hits or group.is_broken]


def sources(actor: Actor) -> list[Search]:
    """The sources this person may ask: the public ones, and for officials those of the desk."""
    declared = registry.collect("search", Audience.PORTAL)
    if actor.is_official:
        declared += registry.collect("search", Audience.DESK)
    if actor.is_signed_in:
        title = _("Hồ sơ, vụ việc") if actor.is_official else _("Hồ sơ của bạn")
        declared.append(Search(CASES, title, find_cases, order=5 if actor.is_official else 60))
    return sorted(declared, key=lambda source: source.order)


def _asked(source: Search, text: str, actor: Actor) -> Group:
    try:
        with transaction.atomic():
            return Group(source.code, _(source.title), list(source.find(text, actor, LIMIT)))
    except Error:
        log.exception("the search %s did not answer", source.code)
        return Group(source.code, _(source.title), is_broken=True)


@tolerates_age
def find_cases(text: str, actor: Actor, limit: int) -> list[Hit]:
    """Cases by number, applicant or title, as far as the person may see them: one statement."""
    rows = matching(Case.objects.visible_to(actor), text).order_by("-opened_at", "-id")
    columns = ("kind", "number", "title", "state", "unit_id", "owner_id", "applicant", "opened_at")
    return [_hit(row, actor) for row in rows.only(*columns)[:limit]]


def _hit(case: Case, actor: Actor) -> Hit:
    kind = case.kind_of
    is_own = case.owner_id is not None and case.owner_id == actor.account_id
    unit = tree().nodes.get(case.unit_id)
    facts = (case.state_of.name, unit.short_name if unit else "")
    who = "" if is_own else f" · {case.applicant}"
    return Hit(
        title=case.title,
        url=(is_own and own_page(kind, case.number)) or desk_page(kind, case.number),
        subtitle=f"{case.number}{who}",
        facts=tuple(fact for fact in facts if fact),
        code=case.number,
    )
