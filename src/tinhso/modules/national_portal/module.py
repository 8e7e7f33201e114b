"""The national portal: dossiers filed there arrive here with their own code, are worked on, and go back as they change.

Each change of any dossier is told as one whole picture through a queue that survives outages; what could not be sent
or taken in is shown with its reason and can be put right. Once a day both sides are compared. Without an address in
the settings the link is off.
"""

from __future__ import annotations

from tinhso.kernel.manifest import Audience, Fact, Family, Menu, Module, registry
from tinhso.kernel.reorganisation.rules import MOVED, MOVED_BACK
from tinhso.modules.national_portal import demo, jobs, rules
from tinhso.modules.national_portal.queries.pictures import PAID
from tinhso.modules.national_portal.rules.words import SYNCED

# Every happening of a dossier may change its picture; what changes nothing in it is not sent (see jobs.sending).
ALSO = (PAID, MOVED, MOVED_BACK)
FOLLOWED = tuple(verb for verb in registry.entries if verb.startswith("dossier.") or verb in ALSO)

MODULE = Module(
    code="national_portal",
    name="Cổng Dịch vụ công quốc gia",
    family=Family.SERVICES,
    permissions=rules.Permission,
    roles=(rules.OPERATOR, rules.PROGRAM),
    entries=rules.ENTRIES,
    followers=dict.fromkeys(FOLLOWED, (jobs.mark,)),
    facts=(Fact("national_portal.synced", "Hồ sơ đã đồng bộ lên Cổng DVCQG (lần đầu)", SYNCED),),
    menu=(
        Menu(
            "national_portal.home", "Cổng DVCQG", "national_portal:home", "globe", Audience.DESK, 95,
            rules.Permission.MANAGE,
        ),
    ),
    demo=demo.demo,
)  # fmt: skip
