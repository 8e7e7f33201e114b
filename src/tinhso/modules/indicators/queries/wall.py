"""The year's targets as a wall shows them across a room: what falls short first, six at most."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from tinhso.kernel.people.rules import Actor
from tinhso.kernel.ui.templatetags.ui import number
from tinhso.modules.indicators.queries import public
from tinhso.modules.indicators.queries.boards import Row
from tinhso.modules.indicators.rules.words import MEASURES, Verdict

SHOWN = 6
WORST_FIRST = (Verdict.FAR_BEHIND, Verdict.BEHIND, Verdict.NEARLY, Verdict.MET, Verdict.EXCEEDED)
ROOM = 0.9  # of the bar, up to the target of a number that has no natural end


@dataclass(frozen=True, slots=True)
class Aim:
    """One target: value and target in words; ``share`` and ``mark`` how far bar and tick go (0–100)."""

    title: str
    value: str
    target: str
    plan: str
    share: float
    mark: float
    verdict: str
    kind: str


def targets(actor: Actor, at: datetime) -> dict[str, Any]:
    """What the tile shows, the same for everybody: three statements. ``is_empty`` while nothing can be judged."""
    today = timezone.localdate(at)
    judged = [row for row in public.board(today.year, today).rows if row.verdict in WORST_FIRST]
    judged.sort(key=lambda row: (WORST_FIRST.index(row.verdict), row.definition.name))
    aims = [_aim(row) for row in judged[:SHOWN]]
    return {"year": today.year, "aims": aims, "is_empty": not aims}


def _aim(row: Row) -> Aim:
    assert row.target is not None
    assert row.value is not None
    assert row.shown is not None
    sign = MEASURES[row.definition.measure][1]
    target = float(row.target.value)
    whole = 100.0 if row.definition.measure == "percent" else target / ROOM or 1.0
    return Aim(
        title=row.definition.name,
        value=f"{number(row.shown.value)}{sign}",
        target=f"{number(row.target.value)}{sign}",
        plan=_("Kế hoạch đến nay %(plan)s") % {"plan": f"{number(row.plan_shown)}{sign}"},
        share=min(100.0, 100 * float(row.value) / whole),
        mark=min(99.0, 100 * target / whole),
        verdict=_(row.verdict_name),
        kind=row.look[0],
    )
