"""A unit's board with verdicts, and the figures that others published beside what their division gives."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from tinhso.kernel.people.access import officials_who
from tinhso.kernel.units.queries import tree
from tinhso.kernel.units.rules import Kind
from tinhso.modules.indicators.desk.asking import Asked, asked, own_body
from tinhso.modules.indicators.queries import boards
from tinhso.modules.indicators.queries.seeds import published as seeded
from tinhso.modules.indicators.rules.judging import verdict
from tinhso.modules.indicators.rules.values import CLAIM_NAMES, claim, cut
from tinhso.modules.indicators.rules.words import (
    DOMAIN_NAMES,
    VERDICT_LOOKS,
    VERDICT_NAMES,
    Direction,
    Permission,
    Verdict,
)

SHOWN_COUNTS = (Verdict.EXCEEDED, Verdict.MET, Verdict.NEARLY, Verdict.BEHIND, Verdict.FAR_BEHIND, Verdict.NO_VALUE)
BODIES = (Kind.PROVINCE, Kind.DEPARTMENT, Kind.VERTICAL, Kind.COMMUNE)


@officials_who(Permission.SEE)
@require_GET
def board(request: HttpRequest) -> HttpResponse:
    """The indicators of the province or of a unit in a year: what falls short first."""
    said = asked(request)
    domain, document = request.GET.get("linh-vuc", ""), request.GET.get("van-ban", "")
    everything = request.GET.get("xem") == "tat-ca"
    found = boards.board(said.node, said.year, said.today, domain=domain, document=document, everything=everything)
    own = own_body(said.actor)
    context = {
        "said": said,
        "board": found,
        "counts": [(VERDICT_NAMES[one], found.counts[one], *VERDICT_LOOKS[one]) for one in SHOWN_COUNTS],
        "domains": list(DOMAIN_NAMES.items()),
        "domain": domain,
        "document": document,
        "everything": everything,
        "years": range(said.today.year, said.today.year - 6, -1),
        "units": _units(said),
        "own": own if own is not None and own.id != said.node.id else None,
        "whole": tree().nodes[tree().root_ids[0]],
        "words": said.said(linh_vuc=domain, van_ban=document, xem="tat-ca" if everything else ""),
        "all_words": said.said(linh_vuc=domain, van_ban=document, xem="tat-ca"),
        "may_manage": said.actor.may(Permission.MANAGE),
        "may_report": said.actor.may(Permission.REPORT),
    }
    return render(request, "indicators/desk/board.html", context)


def _units(said: Asked) -> list[tuple[str, str]]:
    """The bodies of that year's end, by name; a unit that ended is offered where it is the one asked about.

    Where several provinces stand, the bodies of the one asked about and the other provinces."""
    known = tree()
    here = known.subtree(known.path(said.node.id)[-1].id) | {*known.root_ids}
    rows = (
        (one.name, one.code)
        for one in map(known.nodes.__getitem__, here)
        if one.kind in BODIES and (one.lives_on(said.today) or one.id == said.node.id)
    )
    return [(code, name) for name, code in sorted(rows)]


@officials_who(Permission.SEE)
@require_GET
def published(request: HttpRequest) -> HttpResponse:
    """Figures that provinces and districts published: what the division really gives, and our verdict beside theirs."""
    groups = []
    for place in seeded():
        rows = [_published_row(one) for one in (*place.get("figures", ()), *place.get("targets", ()))]
        if rows:
            groups.append({"place": place["place"], "year": place["year"], "source": place["source"], "rows": rows})
    return render(request, "indicators/desk/published.html", {"groups": groups})


def _published_row(one: dict[str, Any]) -> dict[str, Any]:
    value, top, below = (_number(one.get(key)) for key in ("value", "numerator", "denominator"))
    target = _number(one.get("target"))
    given = Fraction(top) / Fraction(below) * 100 if top is not None and below else None
    said = claim(value, top, below) if value is not None and top is not None and below is not None else ""
    judged = None
    if target is not None and (value is not None or given is not None):
        judged = verdict(given if given is not None else Fraction(value or 0), Fraction(target), Direction.UP)
    return {
        "name": one["name_vi"], "value": value, "sign": "%" if one.get("unit", "percent") == "percent" else "",
        "note": one.get("note", ""), "numerator": top, "denominator": below, "target": target,
        "given": None if given is None else cut(given, 4, "ROUND_FLOOR"), "claim": _(CLAIM_NAMES[said]) if said else "",
        "claims_more": said in ("more", "rounded_up"), "their_verdict": one.get("verdict", ""),
        "verdict": VERDICT_NAMES[judged] if judged else "", "look": VERDICT_LOOKS[judged] if judged else ("", ""),
    }  # fmt: skip


def _number(value: Any) -> Decimal | None:
    return None if value is None else Decimal(str(value))
