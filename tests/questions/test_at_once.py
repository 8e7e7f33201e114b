"""Several hands at the same moment: the database decides, and nothing is counted, numbered or published twice."""

from __future__ import annotations

from typing import Any

import pytest

from tinhso.kernel.cases.models import Case
from tinhso.kernel.search.models import ShelfWord
from tinhso.kernel.testing.together import at_once
from tinhso.modules.questions.actions import answering, handling, voting
from tinhso.modules.questions.actions.library import confirm
from tinhso.modules.questions.models import Answer, Question, Vote
from tinhso.modules.questions.tests import factories as make

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def world() -> Any:
    yield make.build()
    make.forget()


def test_the_same_question_sent_twice_at_once_is_one(world):
    gave = at_once(*[lambda: make.asked(world, request_key="same").case.number] * 3)
    assert len(set(gave)) == 1
    assert Question.objects.count() == Case.objects.count() == 1


def test_two_approvers_publish_one_answer(world):
    question = make.approving(world)
    by = world.actor("approver")
    publish = lambda: answering.publish(question_id=question.pk, by=by, at=make.MONDAY).title  # noqa: E731
    assert sorted(at_once(publish, publish)) == sorted([make.WORDS, "cases.move_not_open"])
    assert Answer.objects.count() == 1


def test_two_who_take_a_question_leave_it_to_one(world):
    question = make.screened(world)
    by = world.actor("writer")
    take = lambda: handling.take(case_id=question.pk, by=by, at=make.MONDAY).pk  # noqa: E731
    gave = at_once(take, take)
    assert question.pk in gave
    assert {"cases.move_not_open", "questions.already_taken"} & set(gave)


def test_a_vote_pressed_twice_at_once_counts_once(world):
    answer, voter = make.kept(world, "Khai sinh ở đâu vậy?"), voting.voter_of("browser/x")
    vote = lambda: voting.vote(answer_id=answer.pk, voter=voter, is_helpful=True, at=make.MONDAY)  # noqa: E731
    assert sorted(at_once(vote, vote, vote)) == [False, False, True]
    answer.refresh_from_db()
    assert (answer.helpful, Vote.objects.count()) == (1, 1)


def test_answers_kept_at_once_count_every_word_once(world):
    words = [f"Khai sinh {name} ở đâu vậy?" for name in ("một", "hai", "ba", "bốn")]
    at_once(*[lambda title=title: make.kept(world, title).pk for title in words])
    counts = dict(ShelfWord.objects.values_list("word", "documents"))
    assert (counts["khai"], counts["mot"], counts[""]) == (4, 1, 4)


def test_an_answer_merged_and_confirmed_at_once_loses_neither(world):
    answer = make.kept(world, "Đăng ký khai sinh cần giấy tờ gì?")
    question = make.screened(world)
    at_once(
        lambda: (
            answering.merge(
                question_ids=[question.pk], answer_id=answer.pk, by=world.actor("writer"), at=make.MONDAY
            ).asked
        ),
        lambda: confirm(answer_id=answer.pk, by=world.actor("approver"), at=make.MONDAY).revision,
    )
    answer.refresh_from_db()
    assert (answer.asked, answer.revision, len(answer.names)) == (2, 2, 1)
