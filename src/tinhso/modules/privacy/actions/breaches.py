"""The register of breaches: noticed, described, told to the authority within its time and to the people, and closed."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from tinhso.kernel.cases import actions as cases
from tinhso.kernel.cases.models import Case
from tinhso.kernel.cases.terms import Term
from tinhso.kernel.clock.queries import calendar_for
from tinhso.kernel.errors import NotAllowed, Refusal
from tinhso.kernel.keeping import forget_cases
from tinhso.kernel.manifest import Fate, Retained, Spared
from tinhso.kernel.people.models import Account, Person
from tinhso.kernel.people.rules import Actor
from tinhso.kernel.units.queries import tree
from tinhso.modules.privacy.actions.schedules import in_force
from tinhso.modules.privacy.models import Affected, Breach, Telling
from tinhso.modules.privacy.rules import Permission
from tinhso.modules.privacy.rules.breaches import BREACH, KINDS, WHOM, Whom

SHORTEST, LONGEST = 10, 4000
MOST_NUMBERS = 500


@transaction.atomic
def notice(
    *, title: str, what: str, kinds: Collection[str], noticed_at: datetime, happened_at: datetime | None = None,
    people_count: int | None = None, consequences: str = "", measures: str = "", by: Actor, at: datetime,
) -> Breach:  # fmt: skip
    """Enter a breach. The time to tell the authority runs from ``noticed_at``, not from when it is entered.

    Raises NotAllowed, Refusal ``privacy.breach_title``, ``.breach_what``, ``.breach_kinds``, ``.breach_time``."""
    if not by.may(Permission.ANSWER):
        raise NotAllowed
    said = _said(what, kinds, consequences, measures, people_count)
    if len(title.strip()) < SHORTEST:
        raise Refusal("privacy.breach_title", "Đặt tên sự việc, ít nhất 10 chữ.", field="title")
    if noticed_at > at or (happened_at is not None and happened_at > noticed_at):
        raise Refusal(
            "privacy.breach_time", "Thời điểm xảy ra rồi đến thời điểm phát hiện, đều không ở tương lai.",
            field="noticed_at",
        )  # fmt: skip
    local, root = timezone.localtime(at), tree().root_ids[0]
    case = cases.open_case(
        cases.NewCase(
            kind=BREACH,
            number=f"VP-{local:%y}-{cases.take_number(f'privacy-breach-{local:%y}'):04d}",
            title=title.strip()[:200],
            state="noticed",
            unit_id=root,
            received_unit_id=root,
            applicant="",
            step="Báo cơ quan có thẩm quyền",
            step_kind="appraise",
            term=Term(in_force(at)[1].breach).start(timezone.localtime(noticed_at), calendar_for(root).code),
        ),
        verb="data_breach.notice",
        by=by,
        at=local,
    )
    return Breach.objects.create(case=case, noticed_at=noticed_at, happened_at=happened_at, **said)


def _said(
    what: str, kinds: Collection[str], consequences: str, measures: str, people_count: int | None
) -> dict[str, Any]:
    chosen = [one for one in KINDS if one in set(kinds)]
    if len(what.strip()) < SHORTEST:
        raise Refusal("privacy.breach_what", "Viết rõ sự việc, ít nhất 10 chữ.", field="what")
    if not chosen:
        raise Refusal("privacy.breach_kinds", "Chọn loại dữ liệu bị ảnh hưởng.", field="kinds")
    return {
        "what": what.strip()[:LONGEST],
        "kinds": [str(one) for one in chosen],
        "consequences": consequences.strip()[:LONGEST],
        "measures": measures.strip()[:LONGEST],
        "people_count": people_count,
    }


def _locked(case_id: int, by: Actor, *, open_only: bool = True) -> Breach:
    found = Breach.objects.locked(case_id)
    if not by.may(Permission.ANSWER) or not Breach.objects.visible_to(by).filter(pk=case_id).exists():
        raise NotAllowed
    if open_only and found.case.state in ("closed", "dismissed"):
        raise Refusal("privacy.breach_over", "Sự việc này đã kết thúc, không sửa được nữa.")
    return found


@transaction.atomic
def describe(
    *, case_id: int, what: str, kinds: Collection[str], people_count: int | None, consequences: str, measures: str,
    by: Actor, at: datetime,
) -> Breach:  # fmt: skip
    """Say more about it as it becomes known; the time to tell stays as it is."""
    found = _locked(case_id, by)
    for name, value in _said(what, kinds, consequences, measures, people_count).items():
        setattr(found, name, value)
    found.save(update_fields=["what", "kinds", "people_count", "consequences", "measures"])
    cases.record(found.case, "data_breach.describe", by=by, at=at)
    return found


@transaction.atomic
def affect(*, case_id: int, numbers: Sequence[str], by: Actor, at: datetime) -> int:
    """Enter whose data were touched, by case or identity number; those entered already stay one line.

    Returns how many are new. Raises Refusal ``privacy.breach_unknown`` naming a number nobody bears: nobody is entered
    then."""
    found = _locked(case_id, by)
    wanted = list(dict.fromkeys("".join(one.split()).upper() for one in numbers if one.strip()))[:MOST_NUMBERS]
    people = dict(Person.objects.filter(identity_number__in=wanted).values_list("identity_number", "pk"))
    owners = Case.objects.filter(number__in=wanted, owner__person__isnull=False)
    people |= dict(owners.values_list("number", "owner__person_id"))
    missing = [one for one in wanted if one not in people]
    if missing or not wanted:
        words = f"Không tìm thấy người mang số {missing[0]}." if missing else "Nhập mã hồ sơ hoặc số định danh."
        raise Refusal("privacy.breach_unknown", words, field="numbers")
    before = found.affected.count()
    rows = [Affected(breach=found, person_id=one) for one in dict.fromkeys(people.values())]
    Affected.objects.bulk_create(rows, ignore_conflicts=True)
    count = found.affected.count() - before
    if count:
        cases.record(found.case, "data_breach.affect", by=by, at=at, data={"count": count})
    return count


@transaction.atomic
def report(*, case_id: int, name: str, document: str, told_at: datetime, by: Actor, at: datetime) -> Telling:
    """The authority was told: with the document that proves it, at the moment it was. Late or not is judged by that.

    Raises Refusal ``privacy.breach_document``, ``.breach_told_at`` and those of the lifecycle."""
    found = _locked(case_id, by)
    told = _tell(found, Whom.AUTHORITY, name or WHOM[Whom.AUTHORITY], document, told_at, by, at)
    data = {"whom": told.name, "document": told.document, "told_at": told_at.isoformat()}
    change = {"step": "Khắc phục", "step_due_at": None}
    cases.advance(found.case, "report", by=by, at=at, data=data, change=change)
    return told


@transaction.atomic
def tell(
    *, case_id: int, whom: str, name: str, document: str, told_at: datetime, by: Actor, at: datetime
) -> Telling:  # fmt: skip
    """Somebody else was told: the people, a superior, another body. People on the platform get a notice from us."""
    found = _locked(case_id, by)
    if whom not in (Whom.PEOPLE, Whom.SUPERIOR, Whom.OTHER):
        raise Refusal("privacy.breach_whom", "Chọn bên được thông báo.", field="whom")
    told = _tell(found, Whom(whom), name or WHOM[Whom(whom)], document, told_at, by, at)
    data = {"whom": told.name, "to": whom, "told_at": told_at.isoformat()}
    cases.record(found.case, "data_breach.tell", by=by, at=at, data=data)
    return told


def _tell(
    found: Breach, whom: Whom, name: str, document: str, told_at: datetime, by: Actor, at: datetime
) -> Telling:  # fmt: skip
    if len(document.strip()) < 3:
        raise Refusal("privacy.breach_document", "Ghi số văn bản hoặc cách đã thông báo.", field="document")
    if not found.noticed_at <= told_at <= at:
        raise Refusal(
            "privacy.breach_told_at",
            "Thời điểm thông báo phải sau khi phát hiện và không ở tương lai.",
            field="told_at",
        )
    if whom is Whom.AUTHORITY and found.tellings.filter(whom=whom).exists():
        raise Refusal("privacy.breach_reported", "Đã ghi nhận báo cơ quan có thẩm quyền. Tải lại trang để xem.")
    return Telling.objects.create(
        breach=found, whom=whom, name=name.strip()[:200], document=document.strip()[:200], told_at=told_at,
        by_id=by.account_id, noted_at=at,
    )  # fmt: skip


def people_to_tell(case_id: int) -> list[tuple[int, int]]:
    """Lines of people who were not told here yet, with an account that can be told."""
    waiting = Affected.objects.filter(breach=case_id, told_at=None)
    accounts = dict(
        Account.objects.filter(person__in=waiting.values("person_id"), is_active=True).values_list("person_id", "pk")
    )
    rows = waiting.order_by("pk").values_list("pk", "person_id")
    return [(pk, accounts[person_id]) for pk, person_id in rows if person_id in accounts]


@transaction.atomic
def close(*, case_id: int, reason: str, by: Actor, at: datetime) -> Breach:
    """It is dealt with: the authority knows, and so does everybody who must.

    Raises Refusal ``privacy.breach_untold`` while people have to be told and were not."""
    found = _locked(case_id, by)
    if found.must_tell_people and not found.tellings.filter(whom=Whom.PEOPLE).exists():
        raise Refusal(
            "privacy.breach_untold",
            "Sinh trắc học hoặc vị trí bị ảnh hưởng: thông báo cho từng người rồi mới kết thúc.",
        )
    data, change = {"reason": _reason(reason)}, {"step": "", "step_due_at": None}
    cases.advance(found.case, "close", by=by, at=at, data=data, change=change)
    return found


@transaction.atomic
def dismiss(*, case_id: int, reason: str, by: Actor, at: datetime) -> Breach:
    """It was none after all; why is on record."""
    found = _locked(case_id, by)
    data, change = {"reason": _reason(reason)}, {"step": "", "step_due_at": None}
    cases.advance(found.case, "dismiss", by=by, at=at, data=data, change=change)
    return found


def _reason(text: str) -> str:
    said = text.strip()[:1000]
    if len(said) < SHORTEST:
        raise Refusal("privacy.breach_reason", "Viết rõ kết luận, ít nhất 10 chữ.", field="reason")
    return said


def _due(before: datetime, spared: Spared) -> Any:
    rows = Breach.objects.filter(case__settled_at__lt=before, case__state__in=("closed", "dismissed"))
    return spared.leave_out(rows.filter(forgotten_at=None), case="case_id")


def _end(ids: Sequence[int], *, record: str, at: datetime) -> None:
    """Whose data they were and what was written goes; that it happened, and who was told when, stays."""
    Affected.objects.filter(breach__in=ids).delete()
    Breach.objects.filter(pk__in=ids).update(what="", consequences="", measures="", forgotten_at=at)
    forget_cases(list(ids), record=record)


RETAINED = (Retained("privacy.breaches", "Sự việc vi phạm dữ liệu", "ngày kết thúc", Fate.ANONYMISE, _due, _end),)
