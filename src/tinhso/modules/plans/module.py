"""Plans and resolutions: the document, who issued theirs (21 of 38, with the names missing), tasks, targets.

A plan's document and its amendments are dated editions. Tasks are late by the clock; reminders follow it. Targets take
their values from any measure that a module declares, or are reported by hand with their source.
"""

from __future__ import annotations

from tinhso.kernel.manifest import Audience, Family, Holding, MeasureSource, Menu, Module
from tinhso.modules.plans import jobs, rules
from tinhso.modules.plans.demo import demo
from tinhso.modules.plans.moving import MOVERS
from tinhso.modules.plans.queries import measures
from tinhso.modules.plans.queries.work import given_to, tell_task

P = rules.Permission

MODULE = Module(
    code="plans",
    name="Kế hoạch, nghị quyết",
    family=Family.MEASURING,
    permissions=P,
    roles=rules.ROLES,
    entries=rules.ENTRIES,
    messages=jobs.MESSAGES,
    followers={
        "plans.assign": (jobs.tell_assigned,),
        "plans.demand": (jobs.tell_demanded,),
        "calendar.set_day": (jobs.recount,),
        "calendar.remove_day": (jobs.recount,),
    },
    measures=(
        MeasureSource("plans.tasks_in_time", "Nhiệm vụ đến hạn hoàn thành đúng hạn", "%", measures.tasks_in_time),
        MeasureSource("plans.documents_issued", "Văn bản phải ban hành đã ban hành", "%", measures.documents_issued),
    ),
    holdings=(
        Holding(
            "plans.tasks", "Nhiệm vụ được giao phụ trách", "Theo dõi việc thực hiện kế hoạch",
            "Chức trách của cán bộ, công chức", given_to, tell_task,
            law="Nhiệm vụ là một phần hồ sơ của kế hoạch nên được lưu cùng kế hoạch.", order=60,
        ),
    ),
    menu=(Menu("plans.list", "Kế hoạch, nghị quyết", "plans:list", "flag", Audience.DESK, 84, P.SEE),),
    demo=demo,
    movers=MOVERS,
)  # fmt: skip
