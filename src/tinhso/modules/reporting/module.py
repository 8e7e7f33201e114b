"""Online reporting: an office asks in a template, units answer in a grid, by file or from figures, sums go up the tree.

Templates are dated versions; formulas are read by the kernel's safe evaluator; deadlines come from the kernel's clock.
How many reports are made online and come in time is offered to others as measures.
"""

from __future__ import annotations

from tinhso.kernel.manifest import Family, Menu, Module
from tinhso.modules.reporting import jobs
from tinhso.modules.reporting.demo import demo
from tinhso.modules.reporting.moving import MOVERS
from tinhso.modules.reporting.queries import figures
from tinhso.modules.reporting.rules import words

MODULE = Module(
    code="reporting",
    name="Báo cáo trực tuyến",
    family=Family.MEASURING,
    permissions=words.Permission,
    roles=words.ROLES,
    entries=words.ENTRIES,
    messages=jobs.MESSAGES,
    followers={
        "reporting.open": (jobs.tell_units,),
        "reporting.remind": (jobs.tell_units,),
        "reporting.reopen": (jobs.tell_units,),
        "reporting.submit": (jobs.tell_asker,),
        "reporting.give_back": (jobs.tell_unit,),
        "reporting.approve": (jobs.tell_unit,),
    },
    measures=figures.MEASURES,
    menu=(
        Menu(
            "reporting.reports", "Báo cáo", "reporting:reports", "clipboard-list", order=84,
            permission=words.Permission.SEE,
        ),
    ),
    demo=demo,
    movers=MOVERS,
)  # fmt: skip
