"""Inviting once, rating once, following up; sums agree with what was said."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from tinhso.kernel.errors import NotFound, Refusal
from tinhso.kernel.journal.models import Entry
from tinhso.kernel.notices.models import Notice
from tinhso.kernel.testing.jobs import run_jobs
from tinhso.modules.satisfaction import actions, queries
from tinhso.modules.satisfaction.models import Edition, Invitation, Rating, Tally
from tinhso.modules.satisfaction.rules import Way
from tinhso.modules.satisfaction.tests.factories import PROCEDURE, START, Rated


def _state() -> list[Any]:
    return [list(model.objects.order_by("pk").values()) for model in (Invitation, Rating, Tally, Edition)]  # type: ignore[attr-defined]


def _rate(invitation: Invitation, **said: Any) -> Rating:
    sent = {"level": "1", "points": {}, "reasons": [], "comment": "", "way": Way.LINK, "at": START} | said
    return actions.rate(code=invitation.code, **sent)


def test_a_case_is_asked_about_once(rated: Rated) -> None:
    case = rated.case()
    first = actions.invite(case_id=case.pk, at=START)
    again = actions.invite(case_id=case.pk, at=START + timedelta(days=3))
    assert first == again
    assert (first.procedure, first.unit_id, first.open_until) == (PROCEDURE, case.unit_id, date(2026, 12, 16))
    assert list(Tally.objects.values_list("invited", "answered")) == [(1, 0)]


def test_a_case_is_rated_once_and_the_second_answer_changes_nothing(rated: Rated) -> None:
    invitation = rated.invited()
    _rate(invitation, level="2")
    before = _state()
    with pytest.raises(Refusal) as refused:
        _rate(invitation, level="0")
    assert refused.value.code == "satisfaction.answered"
    assert _state() == before
    with pytest.raises(IntegrityError), transaction.atomic():
        Rating.objects.create(invitation=invitation, level=0, way="link", given_on=START.date())


def test_a_closed_or_unknown_invitation_takes_nothing(rated: Rated) -> None:
    invitation = rated.invited()
    before = _state()
    with pytest.raises(Refusal) as refused:
        _rate(invitation, at=START + timedelta(days=31))
    assert refused.value.code == "satisfaction.closed"
    with pytest.raises(NotFound):
        actions.rate(code="khong-co", level="1", points={}, reasons=[], comment="", way=Way.LINK, at=START)
    assert _state() == before
    _rate(invitation, at=START + timedelta(days=30))
    assert Rating.objects.count() == 1


def test_the_history_says_that_somebody_answered_but_neither_who_nor_what(rated: Rated) -> None:
    rating = rated.said(0)
    entry = Entry.objects.get(case_id=rating.invitation.case_id, verb="satisfaction.rate")
    assert (entry.actor_id, entry.actor_name, entry.data["procedure"]) == (None, "", PROCEDURE)
    assert not {"level", "points", "comment", "reasons"} & entry.data.keys()


def test_sums_agree_with_ratings_and_can_be_made_anew(rated: Rated) -> None:
    rated.said(2, points={"attitude": "2", "online": "1"})
    rated.said(1, points={"attitude": "1"})
    rated.said(0)
    rated.said(1, where=rated.province.other)
    rated.invited()
    kept = sorted(Tally.objects.values_list(
        "month", "unit_id", "procedure", "criterion", "invited", "answered", "very_satisfied", "satisfied",
        "dissatisfied", "points", "out_of"))  # fmt: skip
    here = rated.province.commune.pk
    november = date(2026, 11, 1)
    assert (november, here, PROCEDURE, "", 4, 3, 1, 1, 1, 4, 6) in kept
    assert (november, here, PROCEDURE, "attitude", 0, 2, 0, 0, 0, 3, 4) in kept
    assert len(kept) == 4
    actions.add_up_anew()
    assert sorted(Tally.objects.values_list(
        "month", "unit_id", "procedure", "criterion", "invited", "answered", "very_satisfied", "satisfied",
        "dissatisfied", "points", "out_of")) == kept  # fmt: skip


def test_too_few_answers_are_counted_but_not_averaged(rated: Rated) -> None:
    for level in (2, 1, 1, 0):
        rated.said(level)
    edition = queries.edition_on(START.date())
    assert edition is not None
    asked = queries.questionnaire(edition.pk)
    rows = queries.months_of(date(2026, 11, 1), date(2026, 11, 1))
    few = queries.overall(rows, asked)
    assert (few.answered, few.is_shown, few.percent, few.average) == (4, False, None, None)
    rated.said(2)
    enough = queries.overall(rows, asked)
    assert (enough.answered, enough.percent, enough.response) == (5, 80.0, 100.0)


def test_the_head_is_told_of_a_low_rating_and_the_handler_is_not(rated: Rated) -> None:
    rated.said(0)
    rated.said(2)
    run_jobs()
    told = Notice.objects.filter(kind="satisfaction.low").values_list("account__username", flat=True)
    assert list(told) == ["head"]


def test_low_ratings_are_followed_up_once_within_the_unit(rated: Rated) -> None:
    rating = rated.said(0)
    before = _state()
    for who in ("neighbour", "handler", "reader", "lan"):
        with pytest.raises(NotFound):
            actions.follow_up(rating_id=rating.pk, remedy="Đã gọi xin lỗi", by=rated.actor(who), at=START)
    with pytest.raises(Refusal) as refused:
        actions.follow_up(rating_id=rating.pk, remedy="  ", by=rated.actor("head"), at=START)
    assert (refused.value.code, refused.value.field) == ("satisfaction.no_remedy", "remedy")
    assert _state() == before
    done = actions.follow_up(rating_id=rating.pk, remedy=" Đã gọi xin lỗi ", by=rated.actor("head"), at=START)
    assert (done.remedy, done.followed_up_by_id) == ("Đã gọi xin lỗi", rated.accounts["head"].pk)
    with pytest.raises(Refusal):
        actions.follow_up(rating_id=rating.pk, remedy="Lần nữa", by=rated.actor("head"), at=START)


def test_the_handler_of_a_case_never_sees_its_rating_even_as_head(rated: Rated) -> None:
    rating = rated.said(0)
    case = rating.invitation.case
    case.assignee_id = rated.accounts["head"].pk
    case.save(update_fields=["assignee"])
    assert not queries.low_ratings(rated.actor("head"), only_open=True).exists()


def test_a_returned_dossier_is_asked_about_and_its_owner_told_once(rated: Rated) -> None:
    from tinhso.modules.satisfaction.jobs import ask

    case = rated.case()
    entry = Entry.objects.get(case=case)
    ask(entry)
    ask(entry)
    assert Invitation.objects.filter(case=case).count() == 1
    assert Notice.objects.filter(kind="satisfaction.ask", account=rated.accounts["lan"]).count() == 1
    nobodys = rated.case(owner=None)
    ask(Entry.objects.get(case=nobodys))
    assert Invitation.objects.filter(case=nobodys).exists()
    assert Notice.objects.filter(kind="satisfaction.ask").count() == 1


def test_an_edition_replaces_the_one_before_and_old_invitations_keep_theirs(rated: Rated) -> None:
    old = rated.invited()
    content = {**old.edition.content, "publish_from": 1}
    lines = list(actions.run_import([{**content, "valid_from": "2026-12-01"}], dry_run=False, by=rated.actor("head"),
                                    at=START))  # fmt: skip
    assert lines == ["Dòng 1\tCông bố\tKhảo sát mức độ hài lòng tại bộ phận một cửa: 9 tiêu chí, từ 01/12/2026"]
    new = actions.invite(case_id=rated.case().pk, at=START + timedelta(days=20))
    assert (old.edition.number, new.edition.number) == (1, 2)
    said = list(actions.run_import([{**content, "valid_from": "mai"}, {"code": "x"}], dry_run=False,
                                   by=rated.actor("head"), at=START))  # fmt: skip
    assert [line.split("\t")[1] for line in said] == ["Lỗi", "Lỗi"]
    assert Edition.objects.count() == 2
