"""Scorecards: units score themselves by published criteria, the council reviews, everybody can compute it again.

Editions are dated data with their sources; what a source does not confirm is marked so. A closed round is frozen:
``tinhso score recompute`` gives the same scores from the database or from its published bundle alone.
"""

from __future__ import annotations

from tinhso.kernel.bundles import is_offline
from tinhso.kernel.manifest import Audience, Command, Family, Import, Menu, Module
from tinhso.modules.scorecards import jobs
from tinhso.modules.scorecards.actions import editions
from tinhso.modules.scorecards.demo import demo
from tinhso.modules.scorecards.moving import MOVERS
from tinhso.modules.scorecards.queries.offered import MEASURES
from tinhso.modules.scorecards.rules import words

P = words.Permission

MODULE = Module(
    code="scorecards",
    name="Đánh giá, xếp hạng",
    family=Family.MEASURING,
    permissions=P,
    roles=words.ROLES,
    entries=words.ENTRIES,
    messages=jobs.MESSAGES,
    followers={
        "scorecards.open": (jobs.tell_units,),
        "scorecards.announce": (jobs.tell_units,),
        "scorecards.publish": (jobs.tell_units,),
        "scorecards.ask_more": (jobs.tell_unit,),
    },
    imports=(
        Import("criteria", "Bộ tiêu chí đánh giá", editions.import_editions),
        Import("figures", "Số liệu do cơ quan khác cung cấp cho đánh giá", editions.import_figures),
    ),
    commands=(
        Command(
            "score", "recompute", "Compute a closed round, or its bundle, again.", jobs.score_recompute, is_offline
        ),
        Command("score", "bundle", "Write a closed round's bundle: ROUND FILE.", jobs.score_bundle),
    ),
    menu=(
        Menu("scorecards.rounds", "Đánh giá, xếp hạng", "scorecards:rounds", "award", Audience.DESK, 85, P.SEE),
        Menu("scorecards.rankings", "Xếp hạng", "scorecards:rankings", "award", Audience.PORTAL, order=65),
    ),
    measures=MEASURES,
    demo=demo,
    movers=MOVERS,
)
