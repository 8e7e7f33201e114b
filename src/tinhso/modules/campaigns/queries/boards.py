"""Campaigns and their leaderboards: who stands where, by which number, and since when it is known."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from tinhso.kernel.errors import NotFound, Refusal
from tinhso.kernel.journal.models import Entry
from tinhso.kernel.journal.queries import sentence
from tinhso.kernel.manifest import MeasureSource, registry
from tinhso.kernel.people.rules import Actor
from tinhso.kernel.units.models import Unit
from tinhso.kernel.units.queries import tree
from tinhso.kernel.units.rules import COMMUNE_KIND_NAMES, CommuneKind, Kind
from tinhso.modules.campaigns.models import Award, Campaign, CampaignRules, Entrant
from tinhso.modules.campaigns.rules import places
from tinhso.modules.campaigns.rules.places import Crowd, Rules, Standing
from tinhso.modules.campaigns.rules.words import AWARD_STATES, AwardState

PAGE, ROWS, HISTORY = 30, 200, 30


@dataclass(frozen=True)
class Row:
    """A line of the leaderboard; ``move`` is how many places it went up since the day before."""

    entrant: Entrant
    unit: str
    value: Decimal | None
    second: Decimal | None
    move: int | None
    award: Award | None
    award_words: str = ""
    award_kind: str = ""


def unit_name(unit_id: int) -> str:
    node = tree().nodes.get(unit_id)
    return node.name if node else ""


def by_code(code: str, actor: Actor) -> Campaign:
    """The campaign, if the actor may see it. Raises NotFound."""
    found = Campaign.objects.visible_to(actor).filter(code=code).first()
    if found is None:
        raise NotFound
    return found


def listed(rows: Any, after: int = 0) -> tuple[list[Campaign], int | None]:
    """A page of campaigns, the newest first, and the key after which the next begins."""
    rows = rows.defer("bundle").order_by("-pk")
    found = list(rows.filter(pk__lt=after)[: PAGE + 1] if after else rows[: PAGE + 1])
    return found[:PAGE], found[PAGE - 1].pk if len(found) > PAGE else None


def rules_on(campaign: Campaign, day: date) -> tuple[Rules, CampaignRules]:
    """The rules in force on a day; before the first of them, the first."""
    editions = list(CampaignRules.objects.binding().filter(campaign=campaign).order_by("-number"))
    held = next((one for one in editions if one.valid_from and one.valid_from <= day), editions[-1])
    return Rules.from_json(held.content), held


def source_of(code: str) -> MeasureSource:
    """The measure by its code. Raises Refusal ``campaigns.no_measure`` when its module is gone."""
    found = registry.measures.get(code)
    if found is None:
        raise Refusal("campaigns.no_measure", f"Không còn chỉ số “{code}”. Sửa thể lệ rồi làm tiếp.")
    return found


def measures() -> list[tuple[str, str]]:
    """What a campaign can be about: every measure that a module declares."""
    return [(one.code, f"{_(one.title)} ({_(one.unit)})") for one in registry.measures.values()]


def standings(entrants: Collection[Entrant]) -> list[Standing]:
    return [Standing(one.unit_id, one.group, one.value, one.second) for one in entrants]


def groups_of(campaign: Campaign) -> list[str]:
    return list(campaign.entrants.order_by("group").values_list("group", flat=True).distinct())


def leaderboard(campaign: Campaign, rules: Rules, group: str) -> list[Row]:
    """One group: placed units first, then those without a value; two statements."""
    entrants = list(campaign.entrants.filter(group=group).order_by("place", "unit__name")[:ROWS])
    entrants.sort(key=lambda one: (one.place is None, one.place or 0))
    awards = {one.entrant_id: one for one in Award.objects.filter(entrant__in=entrants)}
    return [_row(one, rules, awards.get(one.pk)) for one in entrants]


def _row(one: Entrant, rules: Rules, award: Award | None) -> Row:
    words, kind = AWARD_STATES[AwardState(award.state)] if award else ("", "")
    move = one.place_before - one.place if one.place_before and one.place else None
    value, second = places.rounded(one.value, rules.places), places.rounded(one.second, rules.places)
    return Row(one, unit_name(one.unit_id), value, second, move, award, words, kind)


def awards_of(campaign: Campaign) -> list[tuple[Award, str, str, str]]:
    """All awards in the order of their prizes: award, unit, state in words, colour."""
    rows = Award.objects.filter(entrant__campaign=campaign).select_related("entrant")
    rows = rows.order_by("entrant__group", "entrant__place", "pk")[:ROWS]
    return [(one, unit_name(one.entrant.unit_id), *AWARD_STATES[AwardState(one.state)]) for one in rows]


def crowds_of(campaign: Campaign, rules: Rules) -> list[Crowd]:
    """Where ties would give more prizes than the rules name, by the places as they are now."""
    entrants = list(Entrant.objects.filter(campaign=campaign).order_by("group", "pk"))
    known = {one.unit_id: one.place for one in entrants if one.place is not None}
    return places.crowds(standings(entrants), known, rules)


@dataclass(frozen=True)
class Tied:
    """Proposals of units that share a place of their group, which can be settled alike; ``award`` is one of them."""

    award: Award
    number: int


def tied(awards: Collection[tuple[Award, str, str, str]]) -> list[Tied]:
    found: dict[tuple[str, int, str], list[Award]] = {}
    for award, *_words in awards:
        if award.state == AwardState.PROPOSED and award.entrant.place is not None:
            found.setdefault((award.entrant.group, award.entrant.place, award.prize), []).append(award)
    return [Tied(own[0], len(own)) for own in found.values() if len(own) > 1]


def history(campaign: Campaign) -> list[str]:
    rows = Entry.objects.filter(subject=f"campaigns/{campaign.pk}").order_by("-seq")[:HISTORY]
    return [f"{one.at:%d/%m/%Y} · {sentence(one)}" for one in rows]


# Groups of comparable units


def ways() -> list[tuple[str, str]]:
    """How units can be put into groups of comparable ones."""
    return [
        ("kinds", _("Cấp xã, mỗi loại một nhóm: xã, phường, đặc khu")),
        ("communes", _("Cấp xã, một nhóm")),
        ("departments", _("Sở, ban, ngành")),
        ("all", _("Sở, ban, ngành và cấp xã theo loại")),
    ]


def entrants_by(way: str, day: date) -> list[tuple[int, str]]:
    """Living units and the group each is compared in."""
    rows = Unit.objects.living(day).filter(kind__in=[Kind.COMMUNE, Kind.DEPARTMENT, Kind.VERTICAL]).order_by("pk")
    found = []
    for pk, kind, commune_kind in rows.values_list("pk", "kind", "commune_kind"):
        group = _group(way, kind, commune_kind)
        if group:
            found.append((pk, group))
    return found


def _group(way: str, kind: str, commune_kind: str) -> str:
    if kind != Kind.COMMUNE:
        return "Sở, ban, ngành" if way in ("departments", "all") else ""
    if way == "communes":
        return "Xã, phường, đặc khu"
    if way not in ("kinds", "all"):
        return ""
    return COMMUNE_KIND_NAMES[CommuneKind(commune_kind)][0] if commune_kind else "Xã, phường, đặc khu"


def ties_words(rules: Rules) -> str:
    """How units with the same value are placed, in the reader's language."""
    return _(places.TIES_WORDS[rules.ties]) % {"second": measure_title(rules.second)}


def measure_title(code: str) -> str:
    """The measure's title; its code when its module is gone, nothing for no measure."""
    found = registry.measures.get(code)
    return _(found.title) if found else code
