"""Choosing officials by their names in a form: who fits while somebody types, and the one who was chosen."""

from __future__ import annotations

import re
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from tinhso.kernel.numerals import is_whole
from tinhso.kernel.people.access import officials_who
from tinhso.kernel.people.middleware import acting
from tinhso.kernel.people.models import Position
from tinhso.kernel.search.rules import fold
from tinhso.kernel.units.queries import tree

LONGEST, SHORTEST, SHOWN = 80, 2, 8
WAYS = ("one", "several", "shares")
_FIELD = re.compile(r"[a-z][a-z_]{0,29}")


@dataclass(frozen=True, slots=True)
class Official:
    """Somebody who works for the state today: account, name, post and unit."""

    pk: int
    name: str
    post: str
    unit: str


def fitting(text: str, unit_id: int | None, own_id: int | None, taken: frozenset[int] = frozenset()) -> list[Official]:
    """Officials of a unit and all below it (None: of all units) whose name holds words that begin so, with or without
    marks; those of one's own body first. One statement."""
    known, wanted = tree(), fold(text).split()
    rows = Position.objects.valid_on(timezone.localdate()).filter(
        account__is_official=True, account__is_active=True, is_main=True
    )
    if unit_id is not None:
        rows = rows.filter(unit_id__in=known.subtree(unit_id))
    own = known.subtree(own_id) if own_id is not None else ()
    found = []
    for pk, name, title, unit in rows.values_list("account_id", "account__display_name", "title", "unit_id"):
        folded = f" {fold(name)}"
        if pk not in taken and unit in known.nodes and all(f" {word}" in folded for word in wanted):
            found.append((unit not in own, folded, Official(pk, name, title, known.nodes[unit].name)))
    return [one for *_order, one in sorted(found, key=lambda row: (row[0], row[1], row[2].pk))[:SHOWN]]


@never_cache
@officials_who()
@require_GET
def officials(request: HttpRequest) -> HttpResponse:
    """Parts of a form (see ``<c-officials>``): with ``chon`` the chosen one as a field, else who fits ``q``."""
    name, way = request.GET.get("o", ""), request.GET.get("cach", "")
    if not _FIELD.fullmatch(name) or way not in WAYS:
        return HttpResponse(status=404)
    taken = frozenset(int(one) for one in request.GET.getlist(name)[:100] if is_whole(one))
    chosen = request.GET.get("chon", "")
    context = {"field": name, "way": way}
    if chosen:
        found = _named(int(chosen)) if is_whole(chosen) else None
        if found is None or (way != "one" and found.pk in taken):
            return HttpResponse(status=204)
        return render(request, "finder/chosen.html", {**context, "one": found})
    text = " ".join(request.GET.get("q", "").replace("\x00", "").split())[:LONGEST]
    own_id, known = acting(request).unit_id, tree()
    own = known.body_of(own_id).id if own_id in known.nodes and own_id is not None else None
    is_asked = len(text) >= SHORTEST
    rows = (
        fitting(text, _unit(request.GET.get("unit", "")), own, taken if way != "one" else frozenset())
        if is_asked
        else []
    )
    return render(request, "finder/officials.html", {**context, "rows": rows, "is_asked": is_asked})


def _unit(text: str) -> int | None:
    """The unit that a form names, by id or code; None for none."""
    known = tree()
    if is_whole(text) and int(text) in known.nodes:
        return int(text)
    node = known.by_code.get(text) if text else None
    return node.id if node else None


def _named(account_id: int) -> Official | None:
    row = (
        Position.objects.valid_on(timezone.localdate())
        .filter(account_id=account_id, account__is_official=True, account__is_active=True, is_main=True)
        .values_list("account__display_name", "title", "unit_id")
        .first()
    )
    if row is None:
        return None
    node = tree().nodes.get(row[2])
    return Official(account_id, row[0], row[1], node.name if node else "")
