"""All writes: inviting, rating, following up, publishing a questionnaire, adding up anew."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from tinhso.kernel.cases import actions as cases
from tinhso.kernel.cases.models import Case
from tinhso.kernel.errors import NotFound, Refusal
from tinhso.kernel.journal.actions import note
from tinhso.kernel.manifest import Spared
from tinhso.kernel.people.rules import NOBODY, SYSTEM, Actor
from tinhso.kernel.versions import actions as versions
from tinhso.kernel.versions import seeding
from tinhso.modules.satisfaction import queries, rules
from tinhso.modules.satisfaction.models import Edition, Invitation, Questionnaire, Rating
from tinhso.modules.satisfaction.rules import Answers, Level, Way

SUMMED = ("invited", "answered", "very_satisfied", "satisfied", "dissatisfied", "points", "out_of")


@transaction.atomic
def publish_edition(content: Mapping[str, Any], *, valid_from: date, by: Actor, at: datetime) -> Edition:
    """Publish a questionnaire from a day on. Raises Refusal when it cannot be asked or the day is taken."""
    rules.questionnaire_from(content)
    kept, _made = Questionnaire.objects.get_or_create(code=content["code"], defaults={"name": content["name"]})
    draft = versions.draft(
        Edition, parent_id=kept.pk, content=dict(content), by=by, at=at, legal_source=content.get("legal_source", "")
    )
    return versions.publish(draft, valid_from=valid_from, by=by, at=at)[0]


def run_import(rows: Iterable[Mapping[str, Any]], *, dry_run: bool, by: Actor, at: datetime) -> Iterator[str]:
    """What ``tinhso import questionnaires`` calls: each row is an edition with its first day; a line for each."""

    def publish(content: Mapping[str, Any], first: date) -> None:
        publish_edition(content, valid_from=first, by=by, at=at)

    return seeding.run_import(rows, read=_words, publish=publish, dry_run=dry_run)


def _words(content: Mapping[str, Any]) -> str:
    asked = rules.questionnaire_from(content)
    return f"{asked.name}: {len(asked.criteria)} tiêu chí"


def load_seeds(*, at: datetime) -> None:
    """Publish the seeded editions where there is none yet."""

    def publish(content: Mapping[str, Any], first: date) -> None:
        publish_edition(content, valid_from=first, by=SYSTEM, at=at)

    seeding.seed(Edition, "tinhso.modules.satisfaction", "questionnaires.yaml", publish)


@transaction.atomic
def invite(*, case_id: int, at: datetime) -> Invitation:
    """Ask how a case went, once; asked again the first invitation is given back."""
    found = Invitation.objects.filter(case_id=case_id).first()
    if found is not None:
        return found
    case = Case.objects.select_for_update().get(pk=case_id)
    found = Invitation.objects.filter(case_id=case_id).first()
    if found is not None:
        return found
    day = timezone.localdate(at)
    edition = _edition(day, at)
    invitation = Invitation.objects.create(
        case=case,
        code=rules.new_code(),
        edition=edition,
        unit_id=case.unit_id,
        procedure=queries.procedure_of(case_id),
        title=case.title,
        invited_on=day,
        open_until=rules.open_until(day, queries.questionnaire(edition.pk).days_open),
    )
    _count(invitation, "", {"invited": 1})
    return invitation


def _edition(day: date, at: datetime) -> Edition:
    found = queries.edition_on(day)
    if found is None:
        load_seeds(at=at)
        found = queries.edition_on(day)
    if found is None:
        raise Refusal("satisfaction.no_questionnaire", "Chưa có bộ câu hỏi nào có hiệu lực. Công bố một bộ câu hỏi.")
    return found


@transaction.atomic
def rate(
    *,
    code: str,
    level: str,
    points: Mapping[str, str],
    reasons: list[str],
    comment: str,
    way: Way,
    at: datetime,
) -> Rating:
    """Take the answer to an invitation, once; whoever holds the code answers, and no name is kept.

    Raises NotFound, and Refusal ``satisfaction.answered``, ``satisfaction.closed`` or those of ``check_answers``.
    """
    invitation = Invitation.objects.select_for_update(of=("self",)).filter(code=code).first()
    if invitation is None:
        raise NotFound("satisfaction.unknown", "Đường dẫn khảo sát không đúng. Mở lại từ thông báo đã gửi cho bạn.")
    day = timezone.localdate(at)
    _still_open(invitation, day)
    asked = queries.questionnaire(invitation.edition_id)
    answers = rules.check_answers(asked, level=level, points=points, reasons=reasons, comment=comment)
    rating = Rating.objects.create(
        invitation=invitation,
        level=answers.level,
        points=dict(answers.points),
        reasons=list(answers.reasons),
        comment=answers.comment,
        way=way,
        given_on=day,
        is_low=answers.is_low,
    )
    invitation.answered_on = day
    invitation.save(update_fields=["answered_on"])
    _add_up(invitation, answers)
    case = Case.objects.select_for_update().get(pk=invitation.case_id)
    cases.record(case, "satisfaction.rate", by=NOBODY, at=at, data={"procedure": invitation.procedure})
    return rating


def _still_open(invitation: Invitation, day: date) -> None:
    if invitation.answered_on is not None:
        raise Refusal("satisfaction.answered", "Hồ sơ này đã được đánh giá. Mỗi hồ sơ được đánh giá một lần.")
    if day > invitation.open_until:
        raise Refusal(
            "satisfaction.closed",
            f"Khảo sát đã đóng ngày {invitation.open_until:%d/%m/%Y}. Gọi 1022 nếu bạn muốn phản ánh.",
        )


def _add_up(invitation: Invitation, answers: Answers) -> None:
    level = {Level.VERY_SATISFIED: "very_satisfied", Level.SATISFIED: "satisfied"}.get(answers.level, "dissatisfied")
    whole = {"answered": 1, level: 1, "points": answers.total, "out_of": answers.out_of}
    _count(invitation, "", whole)
    for criterion, points in sorted(answers.points.items()):
        _count(invitation, criterion, {"answered": 1, "points": points, "out_of": rules.MOST_POINTS})


_COUNT = """
insert into satisfaction_tally as t (month, unit_id, procedure, criterion, invited, answered, very_satisfied, satisfied,
    dissatisfied, points, out_of)
values (%(month)s, %(unit)s, %(procedure)s, %(criterion)s, %(invited)s, %(answered)s, %(very_satisfied)s, %(satisfied)s,
    %(dissatisfied)s, %(points)s, %(out_of)s)
on conflict (month, unit_id, procedure, criterion) do update set
    invited = t.invited + excluded.invited, answered = t.answered + excluded.answered,
    very_satisfied = t.very_satisfied + excluded.very_satisfied, satisfied = t.satisfied + excluded.satisfied,
    dissatisfied = t.dissatisfied + excluded.dissatisfied, points = t.points + excluded.points,
    out_of = t.out_of + excluded.out_of
"""


def _count(invitation: Invitation, criterion: str, more: Mapping[str, int]) -> None:
    """Add to the sums of the invitation's month, so that the share of those who answered is of the same people."""
    place: dict[str, Any] = {
        "month": invitation.invited_on.replace(day=1),
        "unit": invitation.unit_id,
        "procedure": invitation.procedure,
        "criterion": criterion,
    }
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, {**dict.fromkeys(SUMMED, 0), **more, **place})


@transaction.atomic
def follow_up(*, rating_id: int, remedy: str, by: Actor, at: datetime) -> Rating:
    """Write down what was done about a low rating. Raises NotFound outside one's units, Refusal when done or empty."""
    rating = Rating.objects.visible_to(by).low().select_for_update(of=("self",)).filter(pk=rating_id).first()
    if rating is None:
        raise NotFound("satisfaction.no_rating", "Không tìm thấy đánh giá này trong đơn vị của bạn.")
    if rating.followed_up_at is not None:
        raise Refusal("satisfaction.followed_up", "Đã có người ghi cách khắc phục. Tải lại trang để đọc.")
    if not remedy.strip():
        raise Refusal("satisfaction.no_remedy", "Ghi việc đã làm để khắc phục.", field="remedy")
    rating.followed_up_by_id, rating.followed_up_at, rating.remedy = by.account_id, at, remedy.strip()[:2000]
    rating.save(update_fields=["followed_up_by", "followed_up_at", "remedy"])
    note(subject=f"satisfaction/{rating.pk}", verb="satisfaction.follow_up", by=by, at=at, data={"rating": rating.pk})
    return rating


_ANEW = (
    """
insert into satisfaction_tally (month, unit_id, procedure, criterion, invited, answered, very_satisfied, satisfied,
    dissatisfied, points, out_of)
select date_trunc('month', i.invited_on)::date, i.unit_id, i.procedure, '', count(*), count(r.id),
    count(*) filter (where r.level = 2), count(*) filter (where r.level = 1), count(*) filter (where r.level = 0),
    coalesce(sum(p.points), 0), coalesce(sum(p.out_of), 0)
from satisfaction_invitation i left join satisfaction_rating r on r.invitation_id = i.id
left join lateral (select sum(value::int) as points, 2 * count(*) as out_of from jsonb_each_text(r.points)) p on true
group by 1, 2, 3
""",
    """
insert into satisfaction_tally (month, unit_id, procedure, criterion, invited, answered, very_satisfied, satisfied,
    dissatisfied, points, out_of)
select date_trunc('month', i.invited_on)::date, i.unit_id, i.procedure, p.key, 0, count(*), 0, 0, 0,
    sum(p.value::int), 2 * count(*)
from satisfaction_invitation i join satisfaction_rating r on r.invitation_id = i.id,
    jsonb_each_text(r.points) p
group by 1, 2, 3, 4
""",
)


@transaction.atomic
def add_up_anew() -> None:
    """Throw the sums away and make them again from invitations and ratings; who rates meanwhile waits."""
    with connection.cursor() as cursor:
        cursor.execute("lock table satisfaction_tally in exclusive mode")
        cursor.execute("delete from satisfaction_tally")
        for statement in _ANEW:
            cursor.execute(statement)


def comments_due(before: datetime, spared: Spared) -> Any:
    """Ratings whose words are still kept; their points stay for the figures."""
    rows = Rating.objects.filter(given_on__lt=timezone.localdate(before)).exclude(comment="", remedy="")
    return spared.leave_out(rows, case="invitation__case_id")


def end_comments(ids: Sequence[int], **_more: Any) -> None:
    """What was written goes, and what was written back; that something was done stays."""
    Rating.objects.filter(pk__in=ids).update(comment="", remedy="")
