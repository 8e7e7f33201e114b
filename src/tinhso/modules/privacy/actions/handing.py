"""Handing over to an archive: proposed, packed by the worker, received against the package's hash, then removed here.

Nothing that an archive should get is removed before its receipt is on record and a second person has agreed."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from tinhso.kernel.cases.actions import take_number
from tinhso.kernel.errors import NotAllowed, NotFound, Refusal
from tinhso.kernel.files import actions as files
from tinhso.kernel.files.models import Attachment
from tinhso.kernel.journal.actions import note
from tinhso.kernel.manifest import registry
from tinhso.kernel.people.rules import SYSTEM, Actor
from tinhso.modules.privacy.actions import schedules
from tinhso.modules.privacy.models import HandedOver, Handover, spared
from tinhso.modules.privacy.queries.handing import due_now
from tinhso.modules.privacy.rules import Permission
from tinhso.modules.privacy.rules.handing import MOST_IN_A_PACKAGE, HandoverState

_S = HandoverState
BATCH = 100


@transaction.atomic
def propose(*, code: str, archive: str, by: Actor, at: datetime) -> Handover:
    """Choose what is due for handing over now, the oldest first; the worker packs it. Nothing is removed.

    Raises NotAllowed, Refusal ``privacy.archive``, ``privacy.nothing_to_hand_over``."""
    if not by.may(Permission.PROPOSE):
        raise NotAllowed
    if len(archive.strip()) < 5:
        raise Refusal("privacy.archive", "Ghi cơ quan lưu trữ nhận hồ sơ.", field="archive")
    due = next((one for one in due_now(schedules.in_force(at)[1], at) if one.kind.code == code), None)
    ids = list(due.rows.order_by("pk").values_list("pk", flat=True)[:MOST_IN_A_PACKAGE]) if due else []
    if due is None or not ids:
        raise Refusal("privacy.nothing_to_hand_over", "Chưa có gì đến hạn nộp lưu trữ.")
    year = timezone.localtime(at).year
    made = Handover.objects.create(
        number=f"NLT-{year}-{take_number(f'privacy-handover-{year}'):04d}", code=code, archive=archive.strip()[:200],
        source=due.rule.source[:300], before=due.before, proposed_by_id=by.account_id, proposed_at=at,
    )  # fmt: skip
    rows = [HandedOver(handover=made, code=code, row_id=one) for one in ids]
    kept = HandedOver.objects.bulk_create(rows, ignore_conflicts=True)
    count = made.things.count()
    if not kept or not count:  # somebody else has just packed all of it
        raise Refusal("privacy.nothing_to_hand_over", "Chưa có gì đến hạn nộp lưu trữ.")
    _note(made, "handover.propose", by, at, count=count)
    return made


def _note(made: Handover, verb: str, by: Actor, at: datetime, **more: Any) -> None:
    note(subject=made.record, verb=verb, by=by, at=at, data={"number": made.number, **more})


def _locked(handover_id: int, *states: HandoverState) -> Handover:
    found = Handover.objects.select_for_update(of=("self",)).filter(pk=handover_id).first()
    if found is None:
        raise NotFound
    if found.state not in states:
        raise Refusal("privacy.decided", "Gói này vừa được giải quyết. Tải lại trang để xem.")
    return found


@transaction.atomic
def keep(*, handover_id: int, stream: Any, size: int, at: datetime) -> Handover:
    """Put the package in place; packed twice it is kept once."""
    found = Handover.objects.select_for_update(of=("self",)).get(pk=handover_id)
    if found.state != _S.PACKING:
        return found
    found.package = files.store_stream(stream, size=size, name=f"{found.number}.zip", purpose="privacy.handover")
    found.sha256 = found.package.blob.sha256
    found.state, found.packed_at = _S.READY, at
    found.save(update_fields=["package", "sha256", "state", "packed_at"])
    _note(found, "handover.packed", SYSTEM, at, sha256=found.sha256)
    return found


@transaction.atomic
def take(*, handover_id: int, by: Actor, at: datetime) -> Attachment:
    """The package, for who carries it to the archive; noted. Raises NotFound while there is none."""
    if not by.may(Permission.PROPOSE) and not by.may(Permission.APPROVE):
        raise NotAllowed
    found = Handover.objects.select_related("package__blob").filter(pk=handover_id).first()
    if found is None or found.package is None:
        raise NotFound("privacy.no_package", "Gói chưa đóng xong, hoặc đã xóa sau khi nộp.")
    _note(found, "handover.download", by, at)
    return found.package


@transaction.atomic
def receive(*, handover_id: int, receipt: str, sha256: str, by: Actor, at: datetime) -> Handover:
    """The archive has it: its record, and the hash it read from what it got, which must be the package's.

    Raises Refusal ``privacy.receipt``, ``privacy.other_package``."""
    found = _locked(handover_id, _S.READY)
    if not by.may(Permission.PROPOSE):
        raise NotAllowed
    if len(receipt.strip()) < 5:
        raise Refusal("privacy.receipt", "Ghi số, ngày biên bản giao nhận của cơ quan lưu trữ.", field="receipt")
    if "".join(sha256.split()).lower() != found.sha256:
        raise Refusal(
            "privacy.other_package",
            "Mã kiểm tra bên lưu trữ đọc được không khớp: gói nhận khác gói đã lập. Nộp lại rồi ghi nhận.",
            field="sha256",
        )
    found.state, found.receipt = _S.RECEIVED, receipt.strip()[:200]
    found.received_at, found.received_by_id = at, by.account_id
    found.save(update_fields=["state", "receipt", "received_at", "received_by"])
    _note(found, "handover.receive", by, at, archive=found.archive, receipt=found.receipt)
    return found


@transaction.atomic
def remove(*, handover_id: int, by: Actor, at: datetime) -> Handover:
    """A second person agrees that what the archive received goes here; the worker does it in batches.

    Raises NotAllowed, Refusal ``privacy.own_proposal``."""
    found = _locked(handover_id, _S.RECEIVED)
    if not by.may(Permission.APPROVE):
        raise NotAllowed
    if found.proposed_by_id == by.account_id:
        raise Refusal("privacy.own_proposal", "Người đề nghị không tự duyệt. Nhờ một người khác có quyền duyệt.")
    found.state, found.approved_by_id, found.approved_at = _S.REMOVING, by.account_id, at
    found.save(update_fields=["state", "approved_by", "approved_at"])
    _note(found, "handover.remove", by, at)
    return found


@transaction.atomic
def give_up(*, handover_id: int, reason: str, by: Actor, at: datetime) -> Handover:
    """The archive does not take it, or it was packed wrongly: all in it may go into another package."""
    found = _locked(handover_id, _S.PACKING, _S.READY)
    if not by.may(Permission.PROPOSE):
        raise NotAllowed
    if len(reason.strip()) < 5:
        raise Refusal("privacy.reason", "Ghi lý do.", field="reason")
    package, found.package = found.package_id, None
    found.state, found.reason, found.finished_at = _S.GIVEN_UP, reason.strip()[:300], at
    found.save(update_fields=["package", "state", "reason", "finished_at"])
    found.things.update(is_living=False)
    files.let_go([package] if package else [])
    _note(found, "handover.give_up", by, at, reason=found.reason)
    return found


@transaction.atomic
def remove_batch(*, handover_id: int, at: datetime, size: int = BATCH) -> bool:
    """Remove the next few; True while there is more. What is held by then stays, and stays in the list as kept."""
    found = Handover.objects.select_for_update(of=("self",)).filter(pk=handover_id).first()
    if found is None or found.state != _S.REMOVING:
        return False
    kind = registry.retained[found.code]
    ids = list(found.things.filter(removed_at=None).values_list("row_id", flat=True))
    chosen = list(
        kind.due(found.before, spared()).filter(pk__in=ids).order_by("pk").values_list("pk", flat=True)[:size]
    )
    if not chosen:
        return _finish(found, at)
    kind.end(chosen, record=found.record, at=at)
    found.things.filter(row_id__in=chosen).update(removed_at=at)
    found.removed += len(chosen)
    found.save(update_fields=["removed"])
    return True


def _finish(found: Handover, at: datetime) -> bool:
    """The copy that lay here for the carrying goes too; its hash stays."""
    package, found.package = found.package_id, None
    found.state, found.finished_at = _S.REMOVED, at
    found.save(update_fields=["state", "finished_at", "package"])
    files.let_go([package] if package else [])
    _note(found, "handover.removed", SYSTEM, at, count=found.removed)
    return False
