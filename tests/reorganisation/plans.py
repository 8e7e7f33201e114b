"""The merger of two communes, as far as a test wants it carried out."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from tests.world import World

from tinhso.kernel.people.rules import SYSTEM
from tinhso.kernel.reorganisation import actions
from tinhso.kernel.reorganisation.models import Reorganisation
from tinhso.kernel.reorganisation.rules import State
from tinhso.kernel.testing.province import COMMUNE, OTHER_COMMUNE

NEW = "xa-99001"


def merger(**more: Any) -> dict[str, Any]:
    return {
        "code": "sap-nhap-thu",
        "title": "Sáp nhập hai phường",
        "decision": "NQ 99/NQ-UBTVQH16",
        "effective_on": timezone.localdate().isoformat(),
        "found": [
            {
                "code": NEW, "name": "Phường Tân Ninh Mới", "short_name": "P. Tân Ninh Mới", "kind": "commune",
                "level": "xa", "commune_kind": "phuong", "parent": "H53", "national_id": "H53.901",
            }
        ],
        "steps": [{"merge": [COMMUNE, OTHER_COMMUNE], "into": NEW}],
        **more,
    }  # fmt: skip


def drafted(world: World, content: dict[str, Any] | None = None) -> Reorganisation:
    return actions.draft(content=content or merger(), by=world.actor("admin"), at=timezone.now())


def scheduled(world: World, content: dict[str, Any] | None = None) -> Reorganisation:
    plan, admin = drafted(world, content), world.actor("admin")
    actions.rehearse(plan_id=plan.pk, by=admin, at=timezone.now())
    return actions.schedule(plan_id=plan.pk, by=admin, at=timezone.now())


def carried_out(world: World, content: dict[str, Any] | None = None, size: int = 500) -> Reorganisation:
    plan = scheduled(world, content)
    actions.start(plan_id=plan.pk, by=SYSTEM, at=timezone.now())
    actions.run(plan_id=plan.pk, by=SYSTEM, at=timezone.now(), size=size)
    plan.refresh_from_db()
    assert plan.state == State.DONE
    return plan
