"""Online reporting: an office asks in a template, units answer in a grid, by file or from figures, sums go up the tree.

Templates are dated versions; formulas are read by the kernel's safe evaluator; deadlines come from the kernel's clock.
"""

from __future__ import annotations

from tinhso.kernel.manifest import Family, Module
from tinhso.modules.reporting.moving import MOVERS
from tinhso.modules.reporting.rules import words

MODULE = Module(
    code="reporting",
    name="Báo cáo trực tuyến",
    family=Family.MEASURING,
    permissions=words.Permission,
    roles=words.ROLES,
    entries=words.ENTRIES,
    movers=MOVERS,
)
