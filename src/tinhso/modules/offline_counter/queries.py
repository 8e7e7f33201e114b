"""What the province sees of its counters without network: the kit they take along, receptions, conflicts, figures."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Count, Q
from django.utils import timezone

from tinhso.kernel.cases.models import Case, OtherNumber
from tinhso.kernel.errors import NotFound, Refusal
from tinhso.kernel.manifest import Subject
from tinhso.kernel.people.holders import nearest_holders
from tinhso.kernel.people.models import Account, Person
from tinhso.kernel.people.queries import actor_of
from tinhso.kernel.people.rules import Actor, check_identity_number, is_tax_code
from tinhso.kernel.units.queries import tree
from tinhso.modules.dossiers import door as dossiers
from tinhso.modules.offline_counter import rules
from tinhso.modules.offline_counter.models import Block, Counter, Number, Reception
from tinhso.modules.offline_counter.rules import Permission, Seen, State
from tinhso.modules.offline_counter.rules.envelopes import Envelope, read

PAGE = 30


def counter_unit(actor: Actor) -> int | None:
    """The one-stop centre at which this official may receive without network; None when at none."""
    unit_id = dossiers.counter_of(actor)
    return unit_id if unit_id is not None and actor.may(Permission.USE, unit_id) else None


def may_receive(actor: Actor, unit_id: int) -> bool:
    """Whether somebody may receive at that counter at all: with network and without."""
    return actor.may(Permission.USE, unit_id) and dossiers.may_receive(actor, unit_id)


# --- What a counter takes along -----------------------------------------------------------------------------------


def offer(unit_id: int, at: datetime) -> list[dossiers.OfflineProcedure]:
    """The procedures this counter may receive without network, of at most twelve agencies."""
    days = rules.days_from(timezone.localtime(at).date())
    found = dossiers.offline_offer(unit_id, days, at=at, most=rules.MOST_PROCEDURES)
    sizes: dict[str, int] = {}
    for one in found:
        sizes[one.agency] = sizes.get(one.agency, 0) + 1
    kept = set(sorted(sizes, key=lambda agency: (-sizes[agency], agency))[: rules.MOST_AGENCIES])
    return [one for one in found if one.agency in kept]


def free_numbers(counter: Counter, days: Iterable[date]) -> list[Number]:
    """Leased numbers of these days that no reception here bears yet, in their order."""
    rows = Number.objects.filter(
        block__counter=counter, block__day__in=list(days), block__given_back_at=None, receptions=None
    )
    return list(rows.select_related("block").order_by("block__day", "block__series", "id"))


def kit(
    counter: Counter, clerk: Actor, procedures: Sequence[dossiers.OfflineProcedure], at: datetime
) -> dict[str, Any]:
    """All that the counter's page needs without network, ready to be written as JSON."""
    known = tree()
    unit, body = known.nodes[counter.unit_id], known.body_of(counter.unit_id)
    days = rules.days_from(timezone.localtime(at).date())
    return {
        "counter": {"id": counter.pk, "name": counter.name, "unit": unit.name, "body": body.name},
        "clerk": {"id": clerk.account_id, "name": clerk.name, "title": clerk.title},
        "prepared_at": at.isoformat(),
        "base": settings.BASE_URL,
        "procedures": [asdict(one) for one in procedures],
        "numbers": [
            {"code": one.code, "token": one.token, "agency": one.block.series[:-7], "day": one.block.day.isoformat()}
            for one in free_numbers(counter, days)
        ],
    }


# --- What the province finds about a reception --------------------------------------------------------------------


def envelope_of(one: Reception) -> Envelope:
    """What was signed; it was readable when it was stored."""
    found = read(one.text)
    if found is None:
        raise NotFound
    return found


def late_reception(one: Reception, said: Envelope, *, code: str, version: int) -> dossiers.LateReception:
    """The reception as dossiers take it in."""
    who = said.applicant
    return dossiers.LateReception(
        unit_id=one.counter.unit_id,
        code=code,
        procedure_code=said.procedure,
        version_id=version,
        branch=said.branch,
        applicant=dossiers.Applicant(
            name=who.name,
            identity_number=who.identity_number,
            phone=who.phone,
            address=who.address,
            on_behalf_of=who.on_behalf_of,
        ),
        papers=[dossiers.Handed(paper.code, paper.originals, paper.copies) for paper in said.papers],
        result_channel=said.result_channel,
        is_fee_paid=said.fee_paid,
        request_key=f"offline-{one.pk}",
    )


def true_moment(one: Reception) -> datetime:
    """The moment that its dossier gets, which is the receipt's unless the counter's clock was wrong."""
    skew = timedelta(seconds=one.skew_seconds)
    return rules.true_moment(one.received_at, skew=skew, stored=one.stored_at)


def seen(one: Reception) -> Seen:
    """What stands for and against registering this reception by itself."""
    said, block = envelope_of(one), one.number.block if one.number else None
    current = dossiers.version_in_force(said.procedure, timezone.localtime(one.received_at).date())
    lacking, due = _papers_and_due(one, said, current)
    skew = timedelta(seconds=one.skew_seconds)
    return Seen(
        is_signed=one.is_signed,
        is_counter_live=one.counter.revoked_at is None,
        may_receive=one.clerk is not None and may_receive(actor_of(one.clerk), one.counter.unit_id),
        is_own_number=block is not None,
        is_number_free=_is_free(one),
        is_block_open=block is not None and _is_open(block, one.received_at),
        skew=skew,
        is_late_time=one.received_at > one.stored_at + rules.MOST_SKEW,
        is_applicant_possible=check_identity_number(one.identity_number).valid or is_tax_code(one.identity_number),
        version=said.version,
        current=current,
        lacking=tuple(lacking),
        twins=len(twins(one)),
        promised=said.due_at,
        due=due,
    )


def _papers_and_due(one: Reception, said: Envelope, current: int | None) -> tuple[list[str], datetime | None]:
    """What is missing and when it is due by the version in force; nothing when that cannot be said."""
    if current is None:
        return [], None
    try:
        due = dossiers.due_if_received(late_reception(one, said, code=one.code, version=current), one.received_at)
    except Refusal:
        return [], None
    return dossiers.lacking(current, said.branch, [paper.code for paper in said.papers]), due


def _is_open(block: Block, received_at: datetime) -> bool:
    end = min(block.expires_at, block.given_back_at or block.expires_at)
    is_its_day = timezone.localtime(received_at).date() == block.day
    return is_its_day and block.leased_at - rules.MOST_SKEW <= received_at <= end


def _is_free(one: Reception) -> bool:
    """No dossier and no earlier reception bears the number."""
    others = Reception.objects.filter(code=one.code).exclude(pk=one.pk).exclude(state=State.REJECTED)
    taken = (
        Case.objects.filter(number=one.code),
        OtherNumber.objects.filter(number=one.code),
        others.filter(Q(stored_at__lt=one.stored_at) | ~Q(state=State.STORED)),
    )
    return not any(rows.exists() for rows in taken)


def twins(one: Reception) -> list[dossiers.Twin]:
    """Open dossiers of the same applicant and procedure."""
    return dossiers.twins(one.identity_number, one.procedure_code, one.received_at - rules.TWINS_WITHIN)


# --- Pages --------------------------------------------------------------------------------------------------------


def receptions(actor: Actor, *, only_held: bool, after: datetime | None) -> tuple[list[Reception], datetime | None]:
    """One page of receptions, the newest first, and the key of the next page."""
    rows = Reception.objects.visible_to(actor).select_related("counter", "case", "clerk")
    if only_held:
        rows = rows.filter(state=State.HELD)
    if after is not None:
        rows = rows.filter(stored_at__lt=after)
    found = list(rows.order_by("-stored_at", "id")[: PAGE + 1])
    return found[:PAGE], found[PAGE - 1].stored_at if len(found) > PAGE else None


def held_count(actor: Actor) -> int:
    return Reception.objects.visible_to(actor).filter(state=State.HELD).count()


def counters(actor: Actor) -> list[Counter]:
    """Counters of the units in sight that may still work without network, at most a hundred."""
    scope = actor.scope(Permission.USE)
    rows = Counter.objects.filter(revoked_at=None).select_related("unit", "enrolled_by")
    rows = rows if scope.everywhere else rows.filter(unit_id__in=sorted(scope.units))
    return list(rows.order_by("unit_id", "id")[:100])


@dataclass(frozen=True, slots=True)
class Used:
    """What became of a block's numbers: ``bare`` were never given out, and the block is over or was given back."""

    block: Block
    used: int
    left: int
    bare: int

    @property
    def size(self) -> int:
        return self.block.last - self.block.first + 1


def blocks(counter_ids: Sequence[int], at: datetime, most: int = 60) -> list[Used]:
    """The newest blocks of these counters with what became of their numbers: every gap is explained here."""
    rows = Block.objects.filter(counter_id__in=counter_ids).select_related("counter")
    rows = rows.annotate(used=Count("numbers", filter=Q(numbers__receptions__isnull=False), distinct=True))
    found = []
    for one in rows.order_by("-day", "series", "first")[:most]:
        is_over = one.given_back_at is not None or one.expires_at <= at
        unused = one.last - one.first + 1 - one.used
        found.append(Used(one, one.used, 0 if is_over else unused, unused if is_over else 0))
    return found


@dataclass(frozen=True, slots=True)
class Figures:
    """Since a day: receptions taken without network, registered by themselves, decided, still held; minutes until the
    province had them, on average and at most."""

    total: int
    by_itself: int
    decided: int
    held: int
    mean_minutes: int | None
    longest_minutes: int | None


def figures(actor: Actor, since: datetime) -> Figures:
    rows = Reception.objects.visible_to(actor).filter(stored_at__gte=since)
    said = list(rows.values_list("state", "decision", "received_at", "stored_at")[:5000])
    waits = [max(0, round((stored - received).total_seconds() / 60)) for _s, _d, received, stored in said]
    return Figures(
        total=len(said),
        by_itself=sum(state == State.REGISTERED and not decision for state, decision, _r, _t in said),
        decided=sum(bool(decision) for _s, decision, _r, _t in said),
        held=sum(state == State.HELD for state, _d, _r, _t in said),
        mean_minutes=round(sum(waits) / len(waits)) if waits else None,
        longest_minutes=max(waits, default=None),
    )


def reception_at_desk(reception_id: Any, actor: Actor) -> Reception:
    """The reception, for those who may see it. Raises NotFound."""
    rows = Reception.objects.visible_to(actor).select_related("counter__unit", "number__block", "case", "clerk")
    found = rows.select_related("decided_by", "sent_by").filter(pk=reception_id).first()
    if found is None:
        raise NotFound
    return found


def receipt(code: str, token: str) -> tuple[Number | None, Reception | None]:
    """A leased number by the secret of its receipt, and what the province has under it."""
    number = Number.objects.select_related("block__counter__unit").filter(code=code, token=token).first()
    if number is None:
        return None, None
    found = number.receptions.select_related("case").order_by("stored_at").first()
    return number, found


def deciders(unit_id: int) -> list[int]:
    """Accounts that decide about held receptions: those with the right nearest above the unit."""
    return nearest_holders(Permission.DECIDE, [unit_id], timezone.localdate())[unit_id]


def account_of(identity_number: str) -> int | None:
    """The account of the applicant, when there is one."""
    rows = Account.objects.filter(person__identity_number=identity_number, is_active=True)
    return rows.values_list("pk", flat=True).first() if identity_number else None


# --- For the person whose data they are ---------------------------------------------------------------------------


def held_of(subject: Subject) -> models.QuerySet[Reception]:
    """Receptions in which somebody is the applicant, by their proven number."""
    number = Person.objects.filter(pk=subject.person_id or 0).values("identity_number")
    return Reception.objects.exclude(identity_number="").filter(identity_number__in=number)


def tell_held(one: Reception) -> dict[str, Any]:
    """One reception as plain values."""
    return {
        "Số trên biên nhận": one.code,
        "Nhận tại quầy lúc": one.received_at,
        "Thủ tục": one.procedure_code,
        "Tình trạng": one.state_words,
        "Nội dung quầy đã ký": one.text,
    }
