"""Asking: what is taken, by when it is due, what is refused, and that nothing changes then."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tinhso.kernel.cases.models import Case
from tinhso.kernel.errors import NotAllowed, NotFound, Refusal, Stale
from tinhso.kernel.journal.models import Entry
from tinhso.kernel.notices.models import Notice
from tinhso.kernel.people.queries import actor_of
from tinhso.kernel.people.rules import NOBODY
from tinhso.kernel.testing import people
from tinhso.kernel.units.queries import tree
from tinhso.modules.questions.actions import answering, asking, handling
from tinhso.modules.questions.jobs import watching
from tinhso.modules.questions.models import Answer, LegalSource, Question
from tinhso.modules.questions.queries import cases, library
from tinhso.modules.questions.tests import factories as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def world():
    yield make.build()
    make.forget()


def stood(question):
    """All of a question and its case that a refusal must leave alone."""
    rows = Question.objects.filter(pk=question.pk).values(), Case.objects.filter(pk=question.pk).values()
    return [list(one) for one in rows], Entry.objects.count(), Answer.objects.count()


def test_a_question_goes_to_the_commune_that_was_named_and_is_due_after_five_working_days(world):
    question = make.asked(world)
    case = question.case
    assert case.number == "HD-26-000001"
    assert case.unit_id == world.province.commune.pk
    assert f"{case.due_at:%d/%m/%Y}" == "23/11/2026"
    assert f"{case.step_due_at:%d/%m/%Y}" == "17/11/2026"
    assert (case.state, case.step, case.owner_id) == ("received", "Kiểm tra, chuyển đơn vị", None)


def test_a_question_about_the_province_is_looked_at_by_its_office(world):
    question = make.asked(world, field="giao-thong", commune_id=world.province.commune.pk)
    assert question.case.unit.code == "H53-vpub"


def test_sent_twice_it_is_one_question(world):
    first = make.asked(world, request_key="one")
    assert make.asked(world, request_key="one").pk == first.pk
    assert Question.objects.count() == 1


def test_an_unknown_field_is_refused_and_nothing_is_written(world):
    with pytest.raises(Refusal, match="Chọn lĩnh vực"):
        make.asked(world, field="khong-co")
    assert (Question.objects.count(), Case.objects.count()) == (0, 0)


def test_a_complex_question_has_ten_days_from_the_day_it_was_asked(world):
    question = make.asked(world)
    case = handling.screen(
        question_id=question.pk, field="dat-dai", unit_id=world.province.department.pk, level="complex",
        shown_title="Gọi tôi 0912 345 678: tách thửa thế nào?", by=world.actor("screener"), at=make.MONDAY,
    ).case  # fmt: skip
    assert (case.state, case.unit_id) == ("screened", world.province.department.pk)
    assert f"{case.due_at:%d/%m/%Y}" == "01/12/2026"  # 24/11 is a day off
    assert Question.objects.get().shown_title == "Gọi tôi •••: tách thửa thế nào?"
    assert [f"{one:%d/%m}" for one in case.promises.values_list("due_at", flat=True)] == ["23/11", "01/12"]


def test_a_question_is_answered_published_and_found(world):
    answer = make.published(world)
    question = Question.objects.select_related("case").get()
    assert (question.case.state, question.answer_id) == ("published", answer.pk)
    assert (answer.title, answer.state, f"{answer.review_on:%d/%m/%Y}") == (make.WORDS, "published", "16/11/2027")
    assert [(one.source.number, one.place) for one in answer.citations.all()] == [("60/2014/QH13", "Điều 16")]
    assert [one.pk for one, _name in library.find("lam khai sinh can gi")] == [answer.pk]
    entry = Entry.objects.get(verb="question.publish")
    assert (entry.data["verdict"], entry.data["field"]) == ("early", "ho-tich")


def test_who_wrote_an_answer_does_not_approve_it_and_nothing_changes(world):
    writer = people.official("both", world.province.commune, "questions.answerer", "questions.approver")
    question = make.drafted(world)
    Question.objects.filter(pk=question.pk).update(drafted_by=writer)
    handling.propose(question_id=question.pk, by=actor_of(writer), at=make.MONDAY)
    before = stood(question)
    with pytest.raises(Refusal, match="không tự duyệt"):
        answering.publish(question_id=question.pk, by=actor_of(writer), at=make.MONDAY)
    with pytest.raises(Refusal, match="không tự duyệt"):
        answering.answer_privately(question_id=question.pk, by=actor_of(writer), at=make.MONDAY)
    assert stood(question) == before


def test_who_asked_for_a_private_answer_is_not_published(world):
    question = make.approving(world, wants_privacy=True)
    before = stood(question)
    with pytest.raises(Refusal, match="trả lời riêng"):
        answering.publish(question_id=question.pk, by=world.actor("approver"), at=make.MONDAY)
    assert stood(question) == before
    answering.answer_privately(question_id=question.pk, by=world.actor("approver"), at=make.MONDAY)
    assert (Case.objects.get(pk=question.pk).state, Answer.objects.count()) == ("answered_privately", 0)


def test_an_answer_without_a_legal_source_is_not_sent_to_approval(world):
    question = make.screened(world)
    handling.draft(question_id=question.pk, shown_title=make.WORDS, text=make.ANSWER, references=[], valid_as_of=None,
                   by=world.actor("writer"), at=make.MONDAY)  # fmt: skip
    before = stood(question)
    with pytest.raises(Refusal, match="căn cứ pháp lý"):
        handling.propose(question_id=question.pk, by=world.actor("writer"), at=make.MONDAY)
    assert stood(question) == before


REFUSED = {  # verb → state it is tried in, and how
    "screen": (make.asked, lambda pk, who: handling.screen(
        question_id=pk, field="ho-tich", unit_id=1, level="plain", shown_title="", by=who, at=make.MONDAY)),
    "take": (make.screened, lambda pk, who: handling.take(case_id=pk, by=who, at=make.MONDAY)),
    "send_back": (make.screened, lambda pk, who: handling.send_back(
        question_id=pk, reason="Không phải việc", by=who, at=make.MONDAY)),
    "hand_over": (make.screened, lambda pk, who: handling.hand_over(
        question_id=pk, unit_id=tree().root_ids[0], reason="Việc của tỉnh", by=who, at=make.MONDAY)),
    "draft": (make.screened, lambda pk, who: handling.draft(
        question_id=pk, shown_title="x", text="x", references=[], valid_as_of=None, by=who, at=make.MONDAY)),
    "propose": (make.drafted, lambda pk, who: handling.propose(question_id=pk, by=who, at=make.MONDAY)),
    "return_draft": (make.approving, lambda pk, who: handling.return_draft(
        question_id=pk, reason="Sửa lại căn cứ", by=who, at=make.MONDAY)),
    "publish": (make.approving, lambda pk, who: answering.publish(question_id=pk, by=who, at=make.MONDAY)),
    "answer_privately": (make.approving, lambda pk, who: answering.answer_privately(
        question_id=pk, by=who, at=make.MONDAY)),
    "reject": (make.asked, lambda pk, who: handling.reject(
        question_id=pk, reason="unclear", text="", by=who, at=make.MONDAY)),
}  # fmt: skip
MAY = {"screen": "screener", "reject": "screener", "take": "writer", "send_back": "writer", "hand_over": "writer",
       "draft": "writer",
       "propose": "writer", "return_draft": "approver", "publish": "approver",
       "answer_privately": "approver"}  # fmt: skip


@pytest.mark.parametrize("verb", REFUSED)
def test_who_lacks_the_right_is_refused_and_nothing_changes(world, verb):
    made, act = REFUSED[verb]
    question = made(world)
    before = stood(question)
    for name in ("screener", "writer", "approver", "keeper", "outsider"):
        if name == MAY[verb]:
            continue
        with pytest.raises(NotAllowed):
            act(question.pk, world.actor(name))
    assert stood(question) == before


@pytest.mark.parametrize("verb", REFUSED)
def test_what_is_closed_stays_closed(world, verb):
    answer = make.published(world)
    question = Question.objects.get(answer=answer)
    before = stood(question)
    with pytest.raises(Refusal):
        REFUSED[verb][1](question.pk, world.actor(MAY[verb]))
    assert stood(question) == before


def test_a_draft_goes_back_with_a_reason_and_comes_again(world):
    question = make.approving(world)
    handling.return_draft(
        question_id=question.pk, reason="Dẫn thêm nghị định", by=world.actor("approver"), at=make.MONDAY
    )
    question = Question.objects.select_related("case").get()
    assert (question.case.state, question.note) == ("drafted", "Dẫn thêm nghị định")
    handling.propose(question_id=question.pk, by=world.actor("writer"), at=make.MONDAY)
    assert Case.objects.get().state == "approving"


def test_a_unit_that_is_not_competent_gives_the_question_back_while_time_goes_on(world):
    question = make.screened(world)
    due = question.case.due_at
    handling.send_back(question_id=question.pk, reason="Việc của Sở Tư pháp", by=world.actor("writer"), at=make.MONDAY)
    case = Case.objects.get()
    assert (case.state, case.due_at, case.assignee_id, case.step_kind) == ("received", due, None, "receive")


def test_a_unit_hands_over_to_the_one_that_must_answer_while_time_goes_on(world):
    question = make.screened(world)
    due, other = question.case.due_at, world.province.other.pk
    said = {"question_id": question.pk, "by": world.actor("writer"), "at": make.MONDAY}
    before = stood(question)
    for unit_id, reason in ((world.province.commune.pk, "Việc của xã"), (other, ""), (10**15, "Việc của xã")):
        with pytest.raises(Refusal):
            handling.hand_over(**said, unit_id=unit_id, reason=reason)
    assert stood(question) == before
    handling.hand_over(**said, unit_id=other, reason="Thửa đất ở xã bên")
    case = Case.objects.get()
    assert (case.state, case.unit_id, case.due_at, case.assignee_id) == ("screened", other, due, None)
    assert Question.objects.get().note == "Thửa đất ở xã bên"
    assert handling.take(case_id=question.pk, by=world.actor("outsider"), at=make.MONDAY).case.state == "assigned"


def test_where_it_was_only_received_nobody_answers_for_the_unit_that_must(world):
    question = make.asked(world)
    handling.screen(
        question_id=question.pk, field="ho-tich", unit_id=world.province.other.pk, level="plain", shown_title="",
        by=world.actor("screener"), at=make.MONDAY,
    )  # fmt: skip
    before = stood(question)
    with pytest.raises(NotAllowed):
        handling.take(case_id=question.pk, by=world.actor("writer"), at=make.MONDAY)
    assert stood(question) == before


def test_who_asked_takes_a_question_back_and_nobody_else(world):
    lan = actor_of(people.citizen("lan"))
    question = make.approving(world, by=lan)
    before = stood(question)
    for who in (NOBODY, actor_of(people.citizen("minh")), world.actor("approver")):
        with pytest.raises(NotAllowed):
            asking.withdraw(question_id=question.pk, by=who, at=make.MONDAY)
    assert stood(question) == before
    assert asking.withdraw(question_id=question.pk, by=lan, at=make.MONDAY).case.state == "withdrawn"
    with pytest.raises(Refusal):
        answering.publish(question_id=question.pk, by=world.actor("approver"), at=make.MONDAY)
    assert not Answer.objects.exists()


@pytest.mark.parametrize("text", ["Chào bà Nguyễn Thị LAN,", "gọi 0912 345 678", "thẻ căn cước 079 188 001 234"])
def test_an_answer_for_everybody_does_not_name_who_asked(world, text):
    question = make.screened(world)
    said = {"question_id": question.pk, "by": world.actor("writer"), "at": make.MONDAY}
    words = f"{text} {make.ANSWER} Hỏi thêm: 0296 3852 123."
    handling.draft(**said, shown_title=make.WORDS, text=words, references=[make.SOURCE], valid_as_of=None)
    with pytest.raises(Refusal, match="của người hỏi"):
        handling.propose(**said)
    Question.objects.update(wants_privacy=True)
    handling.propose(**said)
    private = {"question_id": question.pk, "by": world.actor("approver"), "at": make.MONDAY}
    assert answering.answer_privately(**private).case.state == "answered_privately"


def test_an_answer_that_cites_what_was_replaced_meanwhile_goes_back(world):
    question = make.approving(world)
    LegalSource.objects.create(number="60/2014/QH13", replaced_on=make.MONDAY.date(), replaced_by="99/2026/QH15")
    before = stood(question)
    with pytest.raises(Refusal, match="99/2026/QH15"):
        answering.publish(question_id=question.pk, by=world.actor("approver"), at=make.MONDAY)
    assert stood(question) == before


def test_a_page_that_is_older_than_the_question_is_refused(world):
    question = make.drafted(world)
    before = stood(question)
    with pytest.raises(Stale):
        handling.send_back(
            question_id=question.pk, reason="Không phải việc", by=world.actor("writer"), at=make.MONDAY, revision=1
        )
    assert stood(question) == before


def test_several_questions_are_answered_by_one_and_its_words_grow(world):
    answer = make.kept(world, "Đăng ký khai sinh cần giấy tờ gì?")
    first, second = make.screened(world, "Sinh con xong làm giấy tờ ở đâu?"), make.screened(world, "Khai sanh cần chi?")
    answering.merge(question_ids=[first.pk, second.pk], answer_id=answer.pk, by=world.actor("writer"), at=make.MONDAY)
    answer.refresh_from_db()
    assert answer.asked == 3
    assert answer.names == ["Sinh con xong làm giấy tờ ở đâu?", "Khai sanh cần chi?"]
    assert {one.state for one in Case.objects.all()} == {"merged"}
    assert [one.pk for one, _name in library.find("sinh con xong")] == [answer.pk]


def test_none_of_several_is_answered_when_one_cannot_be(world):
    answer = make.kept(world, "Đăng ký khai sinh cần giấy tờ gì?")
    good, closed = make.screened(world), make.screened(world)
    handling.take(case_id=closed.pk, by=world.actor("writer"), at=make.MONDAY)
    answering.merge(question_ids=[closed.pk], answer_id=answer.pk, by=world.actor("writer"), at=make.MONDAY)
    before = stood(good)
    with pytest.raises(Refusal):
        answering.merge(
            question_ids=[good.pk, closed.pk], answer_id=answer.pk, by=world.actor("writer"), at=make.MONDAY
        )
    with pytest.raises(NotFound):
        answering.merge(question_ids=[good.pk], answer_id=answer.pk + 1, by=world.actor("writer"), at=make.MONDAY)
    assert stood(good) == before


def test_the_look_up_tells_how_far_and_no_person(world):
    question = make.screened(world)
    story = cases.public_story(question.pk)
    assert (story.steps_done, story.steps_total, story.phone_tail) == (1, 5, "5678")
    assert cases.public_story(question.pk + 1) is None


def test_writers_hear_in_time_and_leaders_when_the_unit_is_late_each_once(world):
    question = make.asked(world)
    handling.screen(
        question_id=question.pk, field="ho-tich", unit_id=world.province.commune.pk, level="plain", shown_title="",
        by=world.actor("screener"), at=make.MONDAY,
    )  # fmt: skip
    due = Case.objects.get().due_at

    def told():
        return list(Notice.objects.order_by("pk").values_list("kind", "account__username"))

    watching.warn(due - timedelta(days=2))
    assert told() == []
    for hours in (-24, -1, 1, 24):
        watching.warn(due + timedelta(hours=hours))
    assert told() == [("questions.due", "writer"), ("questions.silent", "approver")]
