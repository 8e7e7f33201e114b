"""Words between applicants and officials, and what a counter asked somebody to bring. Invented, marked as such."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from tinhso.kernel.cases.models import Case
from tinhso.kernel.cases.rules import Phase
from tinhso.kernel.people.models import Account
from tinhso.kernel.people.queries import actor_of
from tinhso.modules.dossiers import actions
from tinhso.modules.dossiers.models import Guidance, Message
from tinhso.modules.dossiers.queries.counter import counter_of
from tinhso.modules.procedures import door as procedures

TALKS = (
    (
        "Ông/bà cho biết số điện thoại để đoàn kiểm tra thực địa liên hệ được không?",
        "Dạ số tôi ghi trong tờ khai, gọi giờ hành chính giúp tôi.",
    ),
    ("Địa chỉ trong tờ khai là địa chỉ mới sau sắp xếp phải không ạ?", "Dạ đúng, đó là địa chỉ mới."),
)
GUIDED = "1.013225"


def demo(at: datetime | None = None, **_more: Any) -> None:
    """A few talks in running dossiers and one guidance at a counter; asked again it changes nothing."""
    now = at or timezone.now()
    if not Message.objects.exists():
        _talk(now)
    if not Guidance.objects.exists():
        _guide(now)


def _talk(now: datetime) -> None:
    running = Case.objects.filter(
        kind="dossier", phase=Phase.OPEN, state="processing", owner__is_demonstration=True, assignee__isnull=False
    )
    for case, (question, answer) in zip(
        running.select_related("owner", "assignee").order_by("-opened_at")[: len(TALKS)], TALKS, strict=False
    ):
        if case.owner is None or case.assignee is None:
            continue
        for who, text, ago in ((case.assignee, question, 90), (case.owner, answer, 40)):
            actions.send_message(
                dossier_id=case.pk,
                text=text,
                request_key=f"demo-{case.pk}-{ago}",
                by=actor_of(who),
                at=now - timedelta(minutes=ago),
            )


def _guide(now: datetime) -> None:
    clerk = Account.objects.filter(username="canbo.motcua", is_demonstration=True).first()
    sheet = procedures.published(GUIDED, timezone.localdate(now))
    unit_id = counter_of(actor_of(clerk)) if clerk else None
    if clerk is None or sheet is None or unit_id is None:
        return
    branch = sheet.branches[0].code if sheet.branches else ""
    lacking = [one for one in procedures.components_for(sheet, branch) if one.required and not one.when][-1:]
    actions.guide(
        unit_id=unit_id,
        procedure_code=sheet.code,
        branch=branch,
        identity_number="079190012346",
        missing=[{"code": one.code, "name": one.name} for one in lacking],
        data={
            "applicant": {"name": "Nguyễn Thị Lan (minh họa)"},
            "procedure": sheet.name,
            "missing": [one.name for one in lacking],
            "reason": "Bản vẽ chưa ghi kích thước các tầng.",
            "officer": clerk.display_name,
        },
        request_key="demo",
        by=actor_of(clerk),
        at=now - timedelta(days=2),
    )
