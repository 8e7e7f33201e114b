"""Emulation campaigns: comparable units compete on any measure of the platform over some days.

The leaderboard is a projection that lives while the campaign runs. Freezing keeps rules, inputs and places in a bundle;
``tinhso campaign recompute`` places the units again from it. Awards are proposed by the rules, decided by a council,
public after the decision, and printed as certificates.
"""

from __future__ import annotations

from tinhso.kernel.bundles import is_offline
from tinhso.kernel.manifest import Audience, Command, Family, MeasureSource, Menu, Module
from tinhso.modules.campaigns import jobs
from tinhso.modules.campaigns.demo import demo
from tinhso.modules.campaigns.moving import MOVERS
from tinhso.modules.campaigns.queries.resolved import resolved_in_time
from tinhso.modules.campaigns.rules import words

P = words.Permission

MODULE = Module(
    code="campaigns",
    name="Phong trào thi đua",
    family=Family.MEASURING,
    permissions=P,
    roles=words.ROLES,
    entries=words.ENTRIES,
    messages=jobs.MESSAGES,
    followers={"campaigns.begin": (jobs.tell_begun,), "campaigns.decide": (jobs.tell_awarded,)},
    measures=(
        MeasureSource(
            "campaigns.resolved_in_time", "Hồ sơ, phản ánh, câu hỏi giải quyết trước hạn, đúng hạn", "%",
            resolved_in_time,
        ),
    ),
    commands=(
        Command(
            "campaign", "recompute", "Place the units of a frozen campaign, or of its bundle, again.", jobs.recompute,
            is_offline,
        ),
    ),
    menu=(
        Menu("campaigns.list", "Phong trào thi đua", "campaigns:list", "flame", Audience.DESK, 86, P.SEE),
        Menu("campaigns.public", "Phong trào thi đua", "campaigns:public", "flame", Audience.PORTAL, order=67),
    ),
    demo=demo,
    movers=MOVERS,
)  # fmt: skip
