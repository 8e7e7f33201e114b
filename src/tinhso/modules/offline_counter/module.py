"""Offline counter: a one-stop shop goes on receiving when the network is down, and the receipts hold afterwards.

A counter takes along procedures, promised dates and numbers leased to it alone; it signs each receipt with its own
key. What it sends later is stored as signed, then registered under that very number and as of that hour, or held for
an official who decides. Three states, never mixed up: received at the counter, received by the province, registered.
"""

from __future__ import annotations

from tinhso.kernel.manifest import Audience, Family, Holding, Menu, Module
from tinhso.modules.offline_counter import actions, jobs, queries, rules
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
    retained=actions.RETAINED,
    holdings=(
        Holding(
            "offline_counter.receptions",
            "Biên nhận lập khi mất mạng",
            "Để hồ sơ bạn đã nộp tại quầy được đăng ký đúng số, đúng giờ",
            "NĐ 118/2025/NĐ-CP",
            queries.held_of,
            queries.tell_held,
            law="Biên nhận là chứng từ của hồ sơ đã nộp, lưu cùng hồ sơ.",
        ),
    ),
    demo=demo,
    movers=MOVERS,
)
