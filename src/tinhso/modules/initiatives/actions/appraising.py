"""The council's work: handed over, judged by each member, recognised or not; what came of it noted afterwards."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal

from django.db import transaction
from django.utils import timezone

from tinhso.kernel.cases import actions as cases
from tinhso.kernel.clock.rules import PauseKind
from tinhso.kernel.errors import NotAllowed, Refusal
from tinhso.kernel.people.rules import Actor
from tinhso.modules.initiatives.models import Initiative, Opinion
from tinhso.modules.initiatives.queries import lists
from tinhso.modules.initiatives.rules import judging


def _sentence(text: str, field: str = "words") -> str:
    said = " ".join(text.split())[:500]
    if len(said) < 5:
        raise Refusal("initiatives.words", "Ghi một câu cho tác giả biết.", field=field)
    return said


@transaction.atomic
def ask_more(*, initiative_id: int, words: str, by: Actor, at: datetime) -> Initiative:
    """Ask the author for more; the time stands still meanwhile."""
    found = Initiative.objects.locked(initiative_id)
    found.asked_words = _sentence(words)
    cases.advance(
        found.case, "ask_more", by=by, at=at, data={"words": found.asked_words},
        pause_kind=PauseKind.SUPPLEMENT, reason=found.asked_words,
    )  # fmt: skip
    found.save(update_fields=["asked_words"])
    return found


@transaction.atomic
def appraise(*, initiative_id: int, council_id: int, by: Actor, at: datetime) -> Initiative:
    """Hand it over to a council of its unit or of one above, that has somebody who may judge it."""
    found = Initiative.objects.locked(initiative_id)
    sitting = {one.pk: one for one in lists.councils_for(found.case.unit_id, timezone.localdate(at))}
    council = sitting.get(council_id)
    if council is None:
        raise Refusal("initiatives.council", "Chọn một hội đồng đang hoạt động của đơn vị.", field="council")
    cases.move_of(found.case, "appraise", by=by)
    cases.concern(found.case, council.unit_id)
    cases.advance(found.case, "appraise", by=by, at=at, data={"council": council.name})
    found.council = council
    found.save(update_fields=["council"])
    return found


@transaction.atomic
def judge(*, initiative_id: int, points: Mapping[str, Decimal], words: str, by: Actor, at: datetime) -> Opinion:
    """A member's points; given again they replace the earlier ones. No author judges their own.

    Raises NotAllowed ``initiatives.own``, ``initiatives.no_member``; Refusal ``initiatives.points``."""
    found = Initiative.objects.locked(initiative_id)
    if by.account_id in lists.author_ids(found):
        raise NotAllowed("initiatives.own", "Tác giả không chấm sáng kiến của mình.")
    member, _opinion = lists.own_opinion(found, by)
    if member is None:
        raise NotAllowed("initiatives.no_member", "Chỉ thành viên của hội đồng được giao mới chấm sáng kiến này.")
    given = judging.points_from(points, lists.regulation_of(found))
    cases.advance(found.case, "judge", by=by, at=at)
    known = {"points": given, "total": judging.total(given), "words": words.strip()[:2000], "given_at": at}
    opinion, _made = Opinion.objects.update_or_create(initiative=found, member=member, defaults=known)
    return opinion


@transaction.atomic
def recognise(*, initiative_id: int, number: str, decided_on: date, by: Actor, at: datetime) -> Initiative:
    """Recognise it under a decision; needs the quorum and the points of the regulation it began under.

    An author neither recognises nor refuses their own."""
    found = Initiative.objects.locked(initiative_id)
    _refuse_own(found, by)
    cases.move_of(found.case, "recognise", by=by)
    judged = lists.judged(found)
    judging.refuse_unripe(judged, lists.regulation_of(found))
    if decided_on > timezone.localdate(at):
        raise Refusal("initiatives.day", "Ngày quyết định không được sau hôm nay.", field="decided_on")
    data = {"number": number, "total": str(judged.mean), "opinions": judged.have}
    cases.advance(found.case, "recognise", by=by, at=at, data=data)
    found.total, found.decision_number, found.decided_on, found.decided_at = judged.mean, number, decided_on, at
    found.save(update_fields=["total", "decision_number", "decided_on", "decided_at"])
    return found


def _refuse_own(found: Initiative, by: Actor) -> None:
    if by.account_id is not None and by.account_id in lists.author_ids(found):
        raise NotAllowed("initiatives.own", "Tác giả không quyết định sáng kiến của mình.")


@transaction.atomic
def refuse(*, initiative_id: int, words: str, by: Actor, at: datetime) -> Initiative:
    """Do not recognise it, with the reason, such as that it is known already."""
    found = Initiative.objects.locked(initiative_id)
    _refuse_own(found, by)
    found.refusal = _sentence(words)
    cases.advance(found.case, "refuse", by=by, at=at, data={"words": found.refusal})
    found.total = lists.judged(found).mean
    found.save(update_fields=["refusal", "total"])
    return found


@transaction.atomic
def note_effect(*, initiative_id: int, words: str, dong: int | None, by: Actor, at: datetime) -> Initiative:
    """Note what came of a recognised initiative: in words, and in đồng a year where it can be told."""
    found = Initiative.objects.locked(initiative_id)
    found.effect_note = _sentence(words)
    if dong is not None and not 0 <= dong < 10**15:
        raise Refusal("initiatives.dong", "Số tiền không hợp lý.", field="dong")
    found.effect_dong = dong
    cases.advance(found.case, "note_effect", by=by, at=at, data={"words": found.effect_note, "dong": dong})
    found.save(update_fields=["effect_note", "effect_dong"])
    return found
