"""Offline counter: a one-stop shop goes on receiving when the network is down, and the receipts hold afterwards.

A counter takes along procedures, promised dates and numbers leased to it alone; it signs each receipt with its own
key. What it sends later is stored as signed, then registered under that very number and as of that hour, or held for
an official who decides. Three states, never mixed up: received at the counter, received by the province, registered.
"""

from __future__ import annotations

from tinhso.kernel.manifest import Audience, Family, Menu, Module
from tinhso.modules.offline_counter import jobs, rules
from tinhso.modules.offline_counter.demo import demo
from tinhso.modules.offline_counter.moving import MOVERS

P = rules.Permission

MODULE = Module(
    code="offline_counter",
    name="Quầy không mạng",
    family=Family.SERVICES,
    permissions=P,
    roles=rules.ROLES,
    entries=rules.ENTRIES,
    messages=jobs.MESSAGES,
    followers={
        "offline_counter.store": (jobs.register,),
        "offline_counter.hold": (jobs.tell_deciders,),
        "offline_counter.decide": (jobs.tell_applicant,),
    },
    menu=(
        Menu("offline_counter.list", "Quầy không mạng", "offline_counter:list", "wifi-off", Audience.DESK, 24, P.USE),
    ),
    demo=demo,
    movers=MOVERS,
)
