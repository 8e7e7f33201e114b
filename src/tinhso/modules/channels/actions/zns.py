"""ZNS templates of a line, and notices sent with them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils import timezone

from tinhso.kernel.errors import Refusal
from tinhso.kernel.journal.actions import note
from tinhso.kernel.manifest import registry
from tinhso.kernel.notices.rules import NotCarried
from tinhso.kernel.people.rules import Actor
from tinhso.modules.channels.actions import tokens, wire
from tinhso.modules.channels.actions.lines import mine
from tinhso.modules.channels.models import Template, TextMessage
from tinhso.modules.channels.queries.sealing import unseal
from tinhso.modules.channels.rules import Kind, zns
from tinhso.modules.channels.rules.sms import Fate
from tinhso.modules.channels.rules.zns import Approval


@transaction.atomic
def add(*, line_id: int, kind: str, outside_id: str, parameters: str, by: Actor, at: datetime) -> Template:
    """The next version of the template for a kind of notice; used once the operator has approved it.

    Raises NotFound, NotAllowed, Refusal."""
    line = mine(line_id, by)
    if line.kind != Kind.ZALO or kind not in registry.messages:
        raise Refusal("channels.zns_kind", "Chọn loại thông báo.", field="kind")
    if not outside_id.isdecimal() or len(outside_id) > 20:
        raise Refusal("channels.zns_id", "Mã mẫu của Zalo chỉ gồm chữ số.", field="outside_id")
    asked = {one.name: {"word": one.word, "most": one.most} for one in zns.parameters_of(parameters)}
    last = line.templates.filter(kind=kind).aggregate(last=Max("number"))["last"] or 0
    try:
        with transaction.atomic():
            made = Template.objects.create(
                line=line, kind=kind, number=last + 1, outside_id=outside_id, parameters=asked, added_at=at
            )
    except IntegrityError:
        raise Refusal("channels.zns_taken", "Mã mẫu này đã có.", field="outside_id") from None
    _note("channels.zns_add", made, by, at)
    return made


@transaction.atomic
def drop(*, template_id: int, line_id: int, by: Actor, at: datetime) -> None:
    """Use it no more; the version before it is used again when it is approved."""
    line = mine(line_id, by)
    found = line.templates.select_for_update().filter(pk=template_id, is_used=True).first()
    if found is not None:
        found.is_used = False
        found.save(update_fields=["is_used"])
        _note("channels.zns_drop", found, by, at)


def ask(*, template: Template, at: datetime) -> Approval:
    """Ask the operator what it says of a template, and keep that. Raises wire.NotTaken."""
    token = tokens.current(line_id=template.line_id, at=at)
    template.approval = zns.approval_of(wire.zns_template(token, template.outside_id).get("status"))
    template.asked_at = at
    template.save(update_fields=["approval", "asked_at"])
    return Approval(template.approval)


def send(*, notice: Any, to: str, reference: str, at: datetime) -> bool:
    """Whether the notice went as ZNS; False when no template is approved or the operator did not take it.

    Raises NotCarried when the operator was silent."""
    template = _in_use(notice.kind)
    if template is None:
        return False
    key = f"zns-{reference}"
    if TextMessage.objects.filter(reference=key).exclude(state=Fate.FAILED).exists():
        return True
    try:
        token = unseal(template.line.access_token)
        outside = wire.zns(token, zns.local_number(to), template.outside_id, _data(template, notice), key)
    except wire.NotTaken as no:
        _write(key, template, to, at, state=Fate.FAILED, error=str(no)[:300])
        if no.is_silent:
            raise NotCarried(str(no)) from None  # it may have taken it: asked again, and nobody else meanwhile
        return False
    _write(key, template, to, at, state=Fate.TAKEN, outside_id=outside, error="")
    return True


def delivered(*, tracking: str, at: datetime) -> None:
    """The operator says that a notice reached the telephone."""
    rows = TextMessage.objects.filter(reference=tracking, operator="zns").exclude(state=Fate.DELIVERED)
    rows.update(state=Fate.DELIVERED, reported_at=at)


def _in_use(kind: str) -> Template | None:
    rows = Template.objects.filter(
        kind=kind, is_used=True, approval=Approval.ENABLED, line__is_open=True, line__unit__parent__isnull=True
    )
    return rows.select_related("line").order_by("-number").first()


def _data(template: Template, notice: Any) -> dict[str, str]:
    words = {
        "title": notice.title,
        "body": notice.body,
        "number": notice.case.number if notice.case_id else "",
        "name": notice.account.display_name,
        "day": f"{timezone.localtime(notice.created_at):%d/%m/%Y}",
    }
    return zns.filled(template.parameters, words)


def _write(key: str, template: Template, to: str, at: datetime, **said: str) -> None:
    kept = {"operator": "zns", "template": template, "ending": to[-3:], "sent_at": at, **said}
    TextMessage.objects.update_or_create(reference=key, defaults=kept)


def _note(verb: str, template: Template, by: Actor, at: datetime) -> None:
    data = {"name": template.line.name, "kind": template.kind, "template": template.outside_id}
    note(subject=f"channels/{template.line_id}", verb=verb, by=by, at=at, data=data)
