"""Scorecards: units score themselves by published criteria, the council reviews, everybody can compute it again."""

from __future__ import annotations

from tinhso.kernel.manifest import Family, Import, Module
from tinhso.modules.scorecards.actions import editions
from tinhso.modules.scorecards.moving import MOVERS
from tinhso.modules.scorecards.rules import words

P = words.Permission

MODULE = Module(
    code="scorecards",
    name="Đánh giá, xếp hạng",
    family=Family.MEASURING,
    permissions=P,
    roles=words.ROLES,
    entries=words.ENTRIES,
    movers=MOVERS,
    imports=(
        Import("criteria", "Bộ tiêu chí đánh giá", editions.import_editions),
        Import("figures", "Số liệu do cơ quan khác cung cấp cho đánh giá", editions.import_figures),
    ),
)
