"""A bulletin from draft to its end. Each action locks the warning, so that two at once come one after the other."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils import timezone
from procrastinate.contrib.django import app

from tinhso.kernel.cases.actions import take_number
from tinhso.kernel.errors import NotAllowed, NotFound, Refusal
from tinhso.kernel.journal.actions import note
from tinhso.kernel.people.rules import Actor
from tinhso.kernel.units.queries import tree
from tinhso.modules.warnings import rules
from tinhso.modules.warnings.models import Area, Bulletin, Spreading, Warning
from tinhso.modules.warnings.rules import Kind, Permission, State, Text, Verb


@transaction.atomic
def draft(*, kind: Kind, unit_id: int, text: Text, by: Actor, at: datetime, is_demonstration: bool = False) -> Bulletin:
    """The first bulletin of a new warning. Raises NotAllowed, Refusal."""
    _may_write(by, unit_id, text)
    rules.check_text(text, at)
    year = timezone.localdate(at).year
    warning = Warning.objects.create(
        code=f"CB-{year}-{take_number(f'warnings/{year}'):04d}", kind=kind, unit_id=unit_id, made_at=at,
        is_demonstration=is_demonstration,
    )  # fmt: skip
    return _write(warning, 1, text, "warnings.draft", by, at)


@transaction.atomic
def update(*, warning_id: int, by: Actor, at: datetime) -> Bulletin:
    """A draft that says anew what the published bulletin says, to be changed. The published one holds meanwhile."""
    warning, holding = _moved(warning_id, Verb.UPDATE, by)
    if warning.bulletins.filter(state__in=rules.UNSAID).exists():
        raise Refusal("warnings.unsaid", "Đã có một bản đang soạn hoặc chờ duyệt. Dùng bản đó.")
    areas = frozenset(holding.areas.values_list("unit", flat=True))
    text = Text(
        holding.title, holding.body, holding.advice, holding.level, holding.begins_at, holding.expires_at, areas
    )
    number = 1 + max(warning.bulletins.values_list("number", flat=True))
    return _write(warning, number, text, "warnings.draft", by, at)


@transaction.atomic
def change(*, warning_id: int, text: Text, by: Actor, at: datetime) -> Bulletin:
    """Other words for the draft. Who changes it is who wrote it: the one that may not approve it."""
    warning, bulletin = _moved(warning_id, Verb.CHANGE, by)
    _may_write(by, warning.unit_id, text)
    rules.check_text(text, at)
    for name in ("title", "body", "advice", "level", "begins_at", "expires_at"):
        setattr(bulletin, name, getattr(text, name))
    bulletin.written_by_id = by.account_id
    bulletin.save()
    bulletin.areas.exclude(unit__in=text.areas).delete()
    Area.objects.bulk_create(
        [Area(bulletin=bulletin, unit_id=one) for one in sorted(text.areas)], ignore_conflicts=True
    )
    _note("warnings.change", warning, bulletin, by, at)
    return bulletin


@transaction.atomic
def submit(*, warning_id: int, by: Actor, at: datetime) -> Bulletin:
    warning, bulletin = _moved(warning_id, Verb.SUBMIT, by)
    rules.check_times(bulletin.begins_at, bulletin.expires_at, at)
    bulletin.state, bulletin.reason = State.WAITING, ""
    bulletin.save(update_fields=["state", "reason"])
    _note("warnings.submit", warning, bulletin, by, at)
    return bulletin


@transaction.atomic
def send_back(*, warning_id: int, reason: str, by: Actor, at: datetime) -> Bulletin:
    """Back to the writer with a reason."""
    warning, bulletin = _moved(warning_id, Verb.SEND_BACK, by)
    bulletin.state, bulletin.reason = State.DRAFT, _reason(reason)
    bulletin.save(update_fields=["state", "reason"])
    _note("warnings.send_back", warning, bulletin, by, at, reason=bulletin.reason)
    return bulletin


@transaction.atomic
def publish(*, warning_id: int, by: Actor, at: datetime) -> Bulletin:
    """Everybody sees it from now on, and the subscribers of its places are told. The bulletin before it is replaced.

    Raises NotFound, NotAllowed, Refusal ``warnings.same_person``, ``warnings.over``."""
    warning, bulletin = _moved(warning_id, Verb.PUBLISH, by)
    rules.check_second_person(bulletin.written_by_id, by.account_id)
    rules.check_times(bulletin.begins_at, bulletin.expires_at, at)
    before = warning.bulletins.filter(state=State.PUBLISHED)
    Spreading.objects.filter(bulletin__in=before, done_at__isnull=True).update(done_at=at)
    before.update(state=State.REPLACED, ended_at=at)
    bulletin.state, bulletin.published_at, bulletin.approved_by_id = State.PUBLISHED, at, by.account_id
    bulletin.save(update_fields=["state", "published_at", "approved_by"])
    _note("warnings.publish", warning, bulletin, by, at)
    _have_told(bulletin, at)
    return bulletin


@transaction.atomic
def withdraw(*, warning_id: int, reason: str, by: Actor, at: datetime) -> Bulletin:
    """It holds no more; those who were told are told this too. A draft that waits goes with it."""
    warning, bulletin = _moved(warning_id, Verb.WITHDRAW, by)
    bulletin.state, bulletin.ended_at, bulletin.reason = State.WITHDRAWN, at, _reason(reason)
    bulletin.save(update_fields=["state", "ended_at", "reason"])
    warning.bulletins.filter(state__in=rules.UNSAID).delete()
    Spreading.objects.filter(bulletin=bulletin, done_at__isnull=True).update(done_at=at)
    _note("warnings.withdraw", warning, bulletin, by, at, reason=bulletin.reason)
    if bulletin.expires_at > at:
        _have_told(bulletin, at, is_withdrawal=True)
    return bulletin


def _moved(warning_id: int, verb: Verb, by: Actor) -> tuple[Warning, Bulletin]:
    """The warning under lock and the bulletin that the verb is about. Raises NotFound, NotAllowed, Refusal."""
    warning = Warning.objects.visible_to(by).select_for_update(of=("self",)).filter(pk=warning_id).first()
    if warning is None:
        raise NotFound
    state, right = rules.MOVES[verb]
    if not by.may(right, warning.unit_id):
        raise NotAllowed
    bulletin = warning.bulletins.filter(state=state).order_by("-number").first()
    if bulletin is None:
        rules.check_move(verb, "")
        raise NotFound
    return warning, bulletin


def _may_write(by: Actor, unit_id: int, text: Text) -> None:
    """A unit warns its own area; who may write for the whole province may name every place. Raises NotAllowed,
    Refusal ``warnings.areas``."""
    if not by.may(Permission.WRITE, unit_id):
        raise NotAllowed
    known = tree()
    within = known.subtree(known.body_of(unit_id).id) | {unit_id}
    if not by.scope(Permission.WRITE).everywhere and not text.areas <= within:
        raise Refusal("warnings.areas", "Đơn vị chỉ cảnh báo cho địa bàn của mình.", field="areas")


def _write(warning: Warning, number: int, text: Text, verb: str, by: Actor, at: datetime) -> Bulletin:
    bulletin = Bulletin.objects.create(
        warning=warning, number=number, level=text.level, title=text.title, body=text.body, advice=text.advice,
        begins_at=text.begins_at, expires_at=text.expires_at, written_by_id=by.account_id,
    )  # fmt: skip
    Area.objects.bulk_create([Area(bulletin=bulletin, unit_id=one) for one in sorted(text.areas)])
    _note(verb, warning, bulletin, by, at)
    return bulletin


def _have_told(bulletin: Bulletin, at: datetime, *, is_withdrawal: bool = False) -> None:
    row = Spreading.objects.create(bulletin=bulletin, is_withdrawal=is_withdrawal, begun_at=at)
    app.configure_task("warnings.spread").defer(spreading_id=row.pk)


def _reason(text: str) -> str:
    """Raises Refusal ``warnings.reason`` without one."""
    said = " ".join(text.split())
    if len(said) < 5:
        raise Refusal("warnings.reason", "Ghi lý do, ít nhất 5 ký tự.", field="reason")
    return said[:300]


def _note(verb: str, warning: Warning, bulletin: Bulletin, by: Actor, at: datetime, **more: str) -> None:
    data = {"code": warning.code, "number": bulletin.number, **more}
    note(subject=f"warnings/{warning.pk}", verb=verb, by=by, at=at, data=data)
