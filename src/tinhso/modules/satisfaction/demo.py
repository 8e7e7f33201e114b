"""Demonstration ratings: what invented applicants said about dossiers whose results were handed over."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from random import Random
from typing import Any

from django.db import transaction
from django.utils import timezone

from tinhso.kernel.cases.models import Case
from tinhso.kernel.cases.rules import Phase
from tinhso.kernel.journal.models import Entry
from tinhso.kernel.people.demonstrating import employ
from tinhso.modules.satisfaction import actions, queries, rules
from tinhso.modules.satisfaction.models import Invitation, Rating
from tinhso.modules.satisfaction.rules import Level, Way

MOST = 3_000
SHARE_ANSWERED = 0.45
ROLES = (  # the heads follow up in their units; the province's leader reads all
    ("lanhdao", "satisfaction.head"),
    ("giamdoc.trungtam", "satisfaction.head"),
    ("lanhdao.tinh", "satisfaction.reader"),
)
COMMENTS = {
    Level.DISSATISFIED: ("Phải bổ sung hai lần mới xong.", "Hẹn rồi mà không có kết quả.", ""),
    Level.SATISFIED: ("", "", "Cán bộ hướng dẫn rõ."),
    Level.VERY_SATISFIED: ("", "Nhanh hơn mọi lần.", "Nộp trên điện thoại rất tiện."),
}


@transaction.atomic
def demo(at: datetime | None = None, seed: int = 1, **_more: Any) -> None:
    """Invitations for the latest returned dossiers and answers to nearly half; asked again it changes nothing."""
    if Rating.objects.exists():
        return
    now = at or timezone.now()
    actions.load_seeds(at=now)
    employ(timezone.localdate(now), at_home=ROLES)
    chance = Random(seed)  # noqa: S311 - chance that can be repeated is meant
    invitations = _invitations(chance, timezone.localdate(now))
    Invitation.objects.bulk_create(invitations, batch_size=1000)
    Rating.objects.bulk_create(
        (_rating(one, chance) for one in invitations if one.answered_on is not None), batch_size=1000
    )
    actions.add_up_anew()


def _invitations(chance: Random, today: date) -> list[Invitation]:
    rows = list(
        Case.objects.filter(kind="dossier", phase=Phase.CLOSED, state="returned", settled_at__isnull=False)
        .exclude(pk__in=Invitation.objects.values("case_id"))
        .order_by("-settled_at", "-id")
        .only("id", "unit_id", "title", "settled_at", "due_at")[:MOST]
    )
    procedures = dict(
        Entry.objects.filter(case_id__in=[case.pk for case in rows], verb__in=["dossier.accept", "dossier.receive"])
        .values_list("case_id", "data__procedure")
    )  # fmt: skip
    made: list[Invitation] = []
    for case in rows:
        assert case.settled_at is not None
        day = timezone.localdate(case.settled_at)
        edition = queries.edition_on(day) if not made or made[-1].invited_on != day else made[-1].edition
        assert edition is not None
        answered = min(day + timedelta(days=chance.randrange(6)), today) if chance.random() < SHARE_ANSWERED else None
        invitation = Invitation(
            case=case,
            code=f"minh-hoa-{case.pk}-{chance.getrandbits(40):x}"[:24],
            edition=edition,
            unit_id=case.unit_id,
            procedure=str(procedures.get(case.pk) or ""),
            title=case.title,
            invited_on=day,
            open_until=rules.open_until(day, queries.questionnaire(edition.pk).days_open),
            answered_on=answered,
        )
        made.append(invitation)
    return made


def _rating(invitation: Invitation, chance: Random) -> Rating:
    case = invitation.case
    is_late = case.due_at is not None and case.settled_at is not None and case.settled_at > case.due_at
    weights = (35, 45, 20) if is_late else (3, 47, 50)
    level = Level(chance.choices(range(3), weights)[0])
    asked = queries.questionnaire(invitation.edition_id)
    points = {
        one.code: chance.choices(range(3), (10, 30, 10) if level == 0 else (1, 9, 5 + 10 * level))[0]
        for one in asked.criteria
    }
    if chance.random() < 0.3:
        points = {}
    reasons = [chance.choice(asked.reasons).code] if level is Level.DISSATISFIED else []
    answers = rules.Answers(level, points, tuple(reasons), chance.choice(COMMENTS[level]))
    return Rating(
        invitation=invitation,
        level=level,
        points=points,
        reasons=reasons,
        comment=answers.comment,
        way=Way.COUNTER if chance.random() < 0.3 else Way.LINK,
        given_on=invitation.answered_on or invitation.invited_on,
        is_low=answers.is_low,
    )
