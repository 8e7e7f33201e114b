"""Service quality: the index for serving people and businesses (Decision 766/QĐ-TTg), live and explained.

Every ten minutes the work is read from facts and dossiers, months are counted, and months, quarters and years scored
for the province, its levels, units and procedures by an edition that is data with its sources. Everybody sees results
and ranks; officials open each lost point onto its dossiers; closed periods stay and can be computed again.
"""

from __future__ import annotations

from tinhso.kernel.manifest import Audience, Command, Family, Import, Menu, Module
from tinhso.modules.service_quality import actions, jobs
from tinhso.modules.service_quality.demo import demo
from tinhso.modules.service_quality.moving import MOVERS
from tinhso.modules.service_quality.rules import words

MODULE = Module(
    code="service_quality",
    name="Chỉ số phục vụ người dân, doanh nghiệp",
    family=Family.MEASURING,
    permissions=words.Permission,
    roles=words.ROLES,
    entries=words.ENTRIES,
    imports=(
        Import("service-index", "Cách tính chỉ số phục vụ", actions.run_import),
        Import("service-index-figures", "Số liệu bổ sung cho chỉ số phục vụ", actions.supply),
    ),
    commands=(
        Command("service-index", "count", "Count and score what is open now.", jobs.count),
        Command("service-index", "recompute", "Compute a period again from its kept inputs: PERIOD.", jobs.recompute),
    ),
    measures=jobs.MEASURES,
    menu=(
        Menu(
            "service_quality.published",
            "Chỉ số phục vụ",
            "service_quality:published",
            "badge-check",
            Audience.PORTAL,
            55,
        ),
        Menu(
            "service_quality.desk",
            "Chỉ số phục vụ",
            "service_quality:desk",
            "badge-check",
            Audience.DESK,
            71,
            words.SEE,
        ),
    ),
    demo=demo,
    movers=MOVERS,
)
