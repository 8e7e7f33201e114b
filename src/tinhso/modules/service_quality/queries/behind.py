"""The very dossiers behind a component, those that count and those that cost points, by the rules of the counting."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, datetime, timedelta

from django.db.models import Q
from django.utils import timezone

from tinhso.kernel.cases.rules import Phase
from tinhso.kernel.clock.rules.periods import Period
from tinhso.kernel.people.rules import Actor
from tinhso.kernel.units.queries import tree
from tinhso.modules.service_quality.models import Work, WorkQuerySet
from tinhso.modules.service_quality.rules import words
from tinhso.modules.service_quality.rules.editions import Component, Edition

SIDES = ("lost", "top")
_RECEIVED = {
    "online": Q(is_online=True),
    "synced": Q(is_synced=True),
    "reused": Q(is_reused=True),
    "stored": Q(is_stored=True),
    "verified": Q(is_verified=True),
    "paid_online": Q(is_paid_online=True),
    "full_online": Q(is_online=True),
}
_FINISHED = {"electronic": Q(is_electronic=True), "digitised": Q(is_electronic=True, is_digitised=True)}
_ON_TIME = {"handled_on_time", "undisturbed"}
_PETITIONS = {"petitions_on_time", "petitions_good"}


def opens(component: Component) -> bool:
    """Whether a component is made of single dossiers or petitions that can be shown."""
    return component.top in _RECEIVED.keys() | _FINISHED.keys() | _ON_TIME | _PETITIONS


def rows(
    edition: Edition,
    component: Component,
    side: str,
    period: Period,
    unit_ids: Collection[int] | None,
    *,
    procedure: str = "",
    full: Mapping[str, bool] | None = None,
    today: date,
) -> WorkQuerySet:
    """The work of a component: ``top`` counts, ``lost`` is in the bottom and not in the top.

    ``unit_ids`` None: the whole province. ``full``: which procedures are offered in full, for those that ask.
    """
    is_petition = component.top in _PETITIONS
    found = Work.objects.filter(kind=words.PETITION if is_petition else words.KIND)
    if unit_ids is not None:
        found = found.filter(unit_id__in=list(unit_ids))
    if is_petition:
        found = found.filter(procedure__in=edition.petition_categories)
    elif procedure:
        found = found.filter(procedure=procedure)
    bottom, top = _sides(edition, component, period, full or {}, today)
    return found.filter(bottom & (top if side == "top" else ~top))


def _sides(edition: Edition, one: Component, period: Period, full: Mapping[str, bool], today: date) -> tuple[Q, Q]:
    received = Q(received_on__gte=period.since, received_on__lte=period.until)
    ended = Q(ended_on__gte=period.since, ended_on__lte=period.until)
    if one.top in _RECEIVED:
        bottom = received
        if one.bottom == "owing":
            bottom &= Q(is_owing=True)
        if one.bottom == "full_received":
            bottom &= Q(procedure__in=[code for code, is_full in full.items() if is_full])
        return bottom, _RECEIVED[one.top]
    if one.top in _FINISHED:
        return ended & Q(is_finished=True), _FINISHED[one.top]
    last = min(period.until, today)
    stood = Q(received_on__lte=last) & (Q(ended_on__isnull=True) | Q(ended_on__gt=last))
    overdue = ~Q(case__phase=Phase.PAUSED) & Q(case__due_at__lt=cut(last, today))
    if one.top in _PETITIONS:
        bad = Q(is_late=True)
        if one.top == "petitions_good":
            bad |= Q(is_disliked=True) | Q(is_repeated=True)
        return ended | (stood & overdue), ended & ~bad
    many = Q(supplements__gt=edition.supplements_allowed)
    late = (ended & (Q(is_late=True) | many)) | (stood & (overdue | many))
    return ended | stood, ~late


def cut(last: date, today: date) -> datetime:
    """What was due before this moment was overdue when the last day ended; on a running day, when it began."""
    day = min(last + timedelta(days=1), today)
    return datetime.combine(day, datetime.min.time(), timezone.get_default_timezone())


def sight(actor: Actor) -> frozenset[int] | None:
    """The bodies whose dossiers an official may see; None for all."""
    scope = actor.scope(words.SEE) if actor.is_official else None
    if scope is None:
        return frozenset()
    if scope.everywhere or scope.units >= tree().nodes.keys():
        return None
    return frozenset(tree().body_of(unit_id).id for unit_id in scope.units if unit_id in tree().nodes)
