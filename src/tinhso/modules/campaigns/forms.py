"""What comes in from the forms of officials, as plain values."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from tinhso.kernel.ui import typed
from tinhso.modules.campaigns.queries import boards
from tinhso.modules.campaigns.rules.asked import NewCampaign
from tinhso.modules.campaigns.rules.places import Better, Prize, Rules, Ties

PRIZES = ("1", "2", "3", "4")  # rows of the form


def rules(said: Mapping[str, str]) -> Rules:
    """The rules of a form; whether they can be computed is asked by the action."""
    ties = Ties.SECOND if said.get("second") else Ties.SHARED
    return Rules(
        measure=said.get("measure", "")[:80],
        better=_better(said.get("better", "")),
        places=int(typed.number(said.get("places", "1"), "places")),
        ties=ties,
        second=said.get("second", "")[:80],
        second_better=_better(said.get("second_better", "")),
        prizes=tuple(_prizes(said)),
    )


def _better(text: str) -> Better:
    return Better(text) if text in set(Better) else Better.HIGH


def _prizes(said: Mapping[str, str]) -> list[Prize]:
    found = []
    for n in PRIZES:
        name = said.get(f"prize_{n}", "").strip()
        if name:
            most = int(typed.number(said.get(f"most_{n}", ""), f"most_{n}"))
            least = said.get(f"least_{n}", "").strip()
            bound = typed.number(least, f"least_{n}") if least else None
            found.append(Prize(f"g{n}", typed.line(name, f"prize_{n}", most=120), most, bound))
    return found


def typed_rules(held: Rules) -> dict[str, str]:
    """The rules as the form shows them."""
    said = {
        "measure": held.measure, "better": held.better, "places": str(held.places), "second": held.second,
    }  # fmt: skip
    for n, one in zip(PRIZES, held.prizes, strict=False):
        said |= {f"prize_{n}": one.name, f"most_{n}": str(one.most)}
        said[f"least_{n}"] = "" if one.least is None else str(one.least).replace(".", ",")
    return said


def new_campaign(said: Mapping[str, str], unit_id: int, today: date) -> NewCampaign:
    return NewCampaign(
        code=typed.key(said.get("code", ""), "code"),
        name=typed.line(said.get("name", ""), "name", least=10),
        unit_id=unit_id,
        since=typed.day(said.get("since", ""), "since"),
        until=typed.day(said.get("until", ""), "until"),
        rules=rules(said),
        entrants=boards.entrants_by(said.get("way", ""), today),
        document_number=typed.line(said.get("document_number", ""), "document_number", most=60, least=0),
        summary=typed.words(said.get("summary", ""), "summary", least=0),
    )
