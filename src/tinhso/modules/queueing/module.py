"""Queueing: people take a number at the one-stop shop, clerks call the next, a screen shows whose turn it is.

Tickets name nobody. Numbers begin anew each day, for each shop and purpose; the database gives each number once and
each waiting ticket to one window. What happens stands in the history; waiting times are counted from the tickets.
"""

from __future__ import annotations

from tinhso.kernel.manifest import Audience, Family, Menu, Module
from tinhso.modules.queueing import rules
from tinhso.modules.queueing.demo import demo
from tinhso.modules.queueing.moving import MOVERS

P = rules.Permission

MODULE = Module(
    code="queueing",
    name="Lấy số, gọi số",
    family=Family.SERVICES,
    permissions=P,
    roles=rules.ROLES,
    entries=rules.ENTRIES,
    menu=(Menu("queueing.queue", "Gọi số", "queueing:queue", "ticket", Audience.DESK, 22, P.CALL),),
    demo=demo,
    movers=MOVERS,
)
