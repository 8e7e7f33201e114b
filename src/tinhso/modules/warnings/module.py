"""Public warnings: fraud, weather, outages — by place, with an end, told to those who follow the place.

A warning's bulletins are written by one official and published by another; the next bulletin replaces the one before,
and what is over or withdrawn vanishes by itself. Everybody reads them on the home page, as RSS, JSON and CAP 1.2.
"""

from __future__ import annotations

from tinhso.kernel.manifest import Audience, Family, Menu, Module, Tile
from tinhso.modules.warnings import rules
from tinhso.modules.warnings.actions.subscribing import HOLDINGS
from tinhso.modules.warnings.actions.telling import MESSAGES
from tinhso.modules.warnings.demo import demo
from tinhso.modules.warnings.door import TALKS
from tinhso.modules.warnings.moving import MOVERS
from tinhso.modules.warnings.queries.shown import on_wall, tile

P = rules.Permission

MODULE = Module(
    code="warnings",
    name="Cảnh báo công cộng",
    family=Family.SERVICES,
    permissions=P,
    roles=rules.ROLES,
    entries=rules.ENTRIES,
    messages=MESSAGES,
    tiles=(
        Tile("warnings.current", "Cảnh báo", "warnings/portal/_tile.html", tile, Audience.PORTAL, order=5),
        Tile("warnings.wall", "Cảnh báo", "warnings/wall/_current.html", on_wall, Audience.WALL, order=5),
    ),
    menu=(
        Menu("warnings.desk", "Cảnh báo công cộng", "warnings:desk", "triangle-alert", Audience.DESK, 69, P.WRITE),
        Menu("warnings.portal", "Cảnh báo công cộng", "warnings:home", "triangle-alert", Audience.PORTAL, order=63),
    ),
    talks=TALKS,
    holdings=HOLDINGS,
    movers=MOVERS,
    demo=demo,
)
