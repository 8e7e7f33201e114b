"""The schedule: drafted by one person, published by another, with its source."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from tinhso.kernel.errors import NotAllowed, Refusal
from tinhso.kernel.journal.actions import note
from tinhso.kernel.people.rules import SYSTEM, Actor
from tinhso.kernel.seeds import seed
from tinhso.kernel.versions import actions as versions
from tinhso.kernel.versions.rules import State
from tinhso.modules.privacy import rules
from tinhso.modules.privacy.models import Schedule, ScheduleVersion
from tinhso.modules.privacy.queries import schedules
from tinhso.modules.privacy.rules import Permission

CODE = "province"


def load_seeds(*, at: datetime) -> None:
    """Publish the seeded schedule where there is none yet; two at once publish it once."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(7606)")
        if ScheduleVersion.objects.binding().exists():
            return
        content = seed("tinhso.modules.privacy", "schedule.yaml")
        source, first = content.pop("legal_source"), content.pop("valid_from")
        content["rules"] = [one for one in content["rules"] if one["code"] in schedules.fates()]
        parent, _made = Schedule.objects.get_or_create(code=CODE)
        draft = versions.draft(
            ScheduleVersion, parent_id=parent.pk, content=content, by=SYSTEM, at=at, legal_source=source
        )
        versions.publish(draft, valid_from=first, by=SYSTEM, at=at)


def in_force(at: datetime) -> tuple[ScheduleVersion, rules.Schedule]:
    """The edition that holds and what it says. Raises Refusal ``privacy.no_schedule``."""
    day = timezone.localdate(at)
    found = schedules.edition_on(day)
    if found is None:
        load_seeds(at=at)
        found = schedules.edition_on(day)
    if found is None:
        raise Refusal("privacy.no_schedule", "Chưa có thời hạn lưu nào có hiệu lực. Công bố thời hạn lưu trước.")
    return found, rules.schedule_from(found.content)


@transaction.atomic
def draft(*, content: Mapping[str, Any], legal_source: str, by: Actor, at: datetime) -> ScheduleVersion:
    """Begin or change the draft; it binds nobody. Raises NotAllowed, Refusal ``privacy.schedule``, ``.source``."""
    if not by.may(Permission.SCHEDULE):
        raise NotAllowed
    rules.schedule_from(content, schedules.fates())
    if not legal_source.strip():
        raise Refusal("privacy.source", "Ghi văn bản quy định thời hạn lưu.", field="legal_source")
    parent, _made = Schedule.objects.get_or_create(code=CODE)
    kept: ScheduleVersion | None = ScheduleVersion.objects.filter(schedule=parent, state=State.DRAFT).first()
    said, source = dict(content), legal_source.strip()[:250]
    if kept is not None:
        return versions.change(kept, content=said, legal_source=source, by=by, at=at)
    return versions.draft(ScheduleVersion, parent_id=parent.pk, content=said, legal_source=source, by=by, at=at)


@transaction.atomic
def publish(*, valid_from: date, by: Actor, at: datetime) -> ScheduleVersion:
    """Have the draft hold from a day on, today or later; somebody else than who drafted it.

    Raises NotAllowed, Refusal ``privacy.no_draft``, ``.past_day``, ``.own_draft`` and those of versions."""
    if not by.may(Permission.SCHEDULE):
        raise NotAllowed
    found = (
        ScheduleVersion.objects.select_for_update(of=("self",)).filter(schedule__code=CODE, state=State.DRAFT).first()
    )
    if found is None:
        raise Refusal("privacy.no_draft", "Chưa có bản nháp. Sửa thời hạn rồi lưu trước.")
    if found.drafted_by_id == by.account_id:
        raise Refusal("privacy.own_draft", "Người soạn không tự công bố. Nhờ một người khác có quyền xem và công bố.")
    if valid_from < timezone.localdate(at):
        raise Refusal("privacy.past_day", "Chọn ngày hiệu lực từ hôm nay trở đi.", field="valid_from")
    rules.schedule_from(found.content, schedules.fates())
    published = versions.publish(found, valid_from=valid_from, by=by, at=at)[0]
    data = {"number": published.number, "from": f"{valid_from:%d/%m/%Y}"}
    note(subject="privacy/schedule", verb="privacy.schedule", by=by, at=at, data=data)
    return published
