"""Indicators: what plans and resolutions ask for, computed from the work itself, judged against its target.

Definitions are dated data; values come from facts, from figures that units report or files bring, and from what other
modules measure. Every number opens onto its selection. Every indicator is offered to all others as ``measure:``.
Everybody reads the province's values of periods that are over, with targets and verdicts, as pages and open data.
"""

from __future__ import annotations

from tinhso.kernel.manifest import Audience, Command, Family, Import, Menu, Module, Tile
from tinhso.modules.indicators import jobs
from tinhso.modules.indicators.actions import figures
from tinhso.modules.indicators.demo import demo, demo_end
from tinhso.modules.indicators.moving import MOVERS
from tinhso.modules.indicators.queries import measures
from tinhso.modules.indicators.queries.seeds import seeded
from tinhso.modules.indicators.queries.wall import targets
from tinhso.modules.indicators.rules import words

P = words.Permission

MODULE = Module(
    code="indicators",
    name="Chỉ tiêu",
    family=Family.MEASURING,
    permissions=P,
    roles=words.ROLES,
    entries=words.ENTRIES,
    imports=(Import("indicator-figures", "Số liệu chỉ tiêu", figures.run_import),),
    commands=(Command("indicators", "close", "Keep periods that are over, trace late corrections.", jobs.run_close),),
    measures=measures.sources(seeded()["indicators"]),
    menu=(
        Menu("indicators.board", "Chỉ tiêu", "indicators:board", "target", Audience.DESK, 82, P.SEE),
        Menu("indicators.public", "Chỉ tiêu của tỉnh", "indicators:public", "target", Audience.PORTAL, 52),
    ),
    tiles=(Tile("indicators.targets", "Chỉ tiêu năm", "indicators/wall/_targets.html", targets, Audience.WALL),),
    demo=demo,
    demo_end=demo_end,
    movers=MOVERS,
)
