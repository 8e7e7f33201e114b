"""Legal holds: what must stay as it is for an inspection, a complaint or a court."""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction

from tinhso.kernel.cases.models import Case
from tinhso.kernel.errors import NotAllowed, NotFound, Refusal
from tinhso.kernel.journal.actions import note
from tinhso.kernel.people.models import Person
from tinhso.kernel.people.rules import Actor
from tinhso.modules.privacy.models import Hold
from tinhso.modules.privacy.rules import Permission


@transaction.atomic
def place(*, number: str, source: str, by: Actor, at: datetime) -> Hold:
    """Hold a case by its number, or all about a person by the identity number.

    Raises NotAllowed, Refusal ``privacy.unknown``, ``privacy.hold_source``, ``privacy.held_already``."""
    if not by.may(Permission.HOLD):
        raise NotAllowed
    wanted = "".join(number.split()).upper()
    case = Case.objects.filter(number=wanted).first() if wanted else None
    person = Person.objects.filter(identity_number=wanted).first() if wanted and case is None else None
    if case is None and person is None:
        raise Refusal("privacy.unknown", "Không có hồ sơ hay người mang số này. Kiểm tra lại số.", field="number")
    if len(source.strip()) < 5:
        raise Refusal("privacy.hold_source", "Ghi văn bản yêu cầu giữ nguyên.", field="source")
    try:
        with transaction.atomic():
            hold = Hold.objects.create(
                case=case, person=person, source=source.strip()[:300], placed_by_id=by.account_id, placed_at=at
            )
    except IntegrityError:
        raise Refusal("privacy.held_already", "Đã được giữ nguyên từ trước.", field="number") from None
    note(
        subject=f"hold/{hold.pk}", verb="privacy.hold", by=by, at=at,
        data={"what": _what(hold), "source": hold.source},
    )  # fmt: skip
    return hold


@transaction.atomic
def lift(*, hold_id: int, by: Actor, at: datetime) -> Hold:
    """It need not stay any more: from now on its own time counts again. Twice gives the same."""
    if not by.may(Permission.HOLD):
        raise NotAllowed
    hold = Hold.objects.select_for_update(of=("self",)).filter(pk=hold_id).first()
    if hold is None:
        raise NotFound
    if hold.lifted_at is None:
        hold.lifted_at, hold.lifted_by_id = at, by.account_id
        hold.save(update_fields=["lifted_at", "lifted_by"])
        note(subject=f"hold/{hold.pk}", verb="privacy.lift", by=by, at=at, data={"what": _what(hold)})
    return hold


def _what(hold: Hold) -> str:
    return hold.case.number if hold.case else f"dữ liệu của {hold.person}"
