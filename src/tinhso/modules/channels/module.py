"""Channels: people write on Zalo, on a page or by mail, and the same talks answer everywhere.

An operator delivers to ``portal.delivered``; the message is kept once and answered by a job, which asks the talk of
whichever module the words call. Every unit may have lines of its own.
"""

from __future__ import annotations

from tinhso.kernel.manifest import Audience, Family, Menu, Module
from tinhso.modules.channels import rules
from tinhso.modules.channels.actions import keeping, sending
from tinhso.modules.channels.demo import demo
from tinhso.modules.channels.moving import MOVERS

P = rules.Permission

MODULE = Module(
    code="channels",
    name="Kênh giao tiếp",
    family=Family.SERVICES,
    permissions=P,
    roles=rules.ROLES,
    entries=rules.ENTRIES,
    menu=(
        Menu("channels.lines", "Kênh giao tiếp", "channels:home", "message-circle", Audience.DESK, 67, P.SEE),
        Menu(
            "channels.mine",
            "Nhắn tin với tỉnh",
            "channels:mine",
            "message-circle",
            Audience.PORTAL,
            order=62,
            is_own=True,
        ),
    ),
    carriers={"channels": sending.carry},
    retained=keeping.RETAINED,
    holdings=keeping.HOLDINGS,
    movers=MOVERS,
    demo=demo,
)
