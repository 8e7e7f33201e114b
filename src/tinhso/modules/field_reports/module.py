"""Field reports: what people see and want put right, and the 1022 desk.

Anybody files one in under ninety seconds, with or without an account: a photo, a place, words. The desk classifies it,
the clock starts, the unit responsible answers with proof, its leader approves, everybody sees the outcome and the
sender rates it. Kinds, units and deadlines are dated editions of the province's list; what of a report is public is
decided in one place, ``queries.public``.
"""

from __future__ import annotations

from tinhso.kernel.manifest import Family, Import, Module
from tinhso.modules.field_reports.actions import editions
from tinhso.modules.field_reports.rules.entries import ENTRIES
from tinhso.modules.field_reports.rules.states import FIELD_REPORT, ROLES, Permission

P = Permission

MODULE = Module(
    code="field_reports",
    name="Phản ánh hiện trường",
    family=Family.SERVICES,
    permissions=P,
    roles=ROLES,
    case_kinds=(FIELD_REPORT,),
    entries=ENTRIES,
    imports=(Import("report-categories", "Danh mục phản ánh hiện trường", editions.run_import),),
)
