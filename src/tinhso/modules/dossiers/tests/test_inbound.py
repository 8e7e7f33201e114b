"""Dossiers filed elsewhere: under their own code, once, worked on like any other, seen whole by other modules."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from tinhso.kernel.cases.models import Case
from tinhso.kernel.errors import Refusal
from tinhso.kernel.files import actions as files
from tinhso.kernel.people.rules import SYSTEM
from tinhso.kernel.testing.lasting import lasting
from tinhso.modules.dossiers import actions, door
from tinhso.modules.dossiers.actions import issuing
from tinhso.modules.dossiers.models import Dossier, Part
from tinhso.modules.dossiers.tests.factories import MARITAL, START, Office, after, state, verbs

pytestmark = pytest.mark.django_db
CODE = "H53.242.01-261116-0042"
PAPER = door.ArrivingPaper("tp1", "Tờ khai")


@pytest.fixture(scope="module")
def made(django_db_setup: None, django_db_blocker: Any) -> Iterator[Office]:
    with lasting(django_db_blocker):
        yield Office()


@pytest.fixture
def office(made: Office, db: None) -> Office:
    return made


def arrival(office: Office, **more: Any) -> door.Arrival:
    applicant = door.Applicant("Nguyễn Thị Lan", "079190012346", "0912345678")
    known = {"unit_id": office.province.commune.pk, "papers": (PAPER,), **more}
    return door.Arrival(code=CODE, procedure_code=MARITAL, applicant=applicant, **known)


def take_in(what: door.Arrival) -> door.Arrived:
    return door.take_in(arrival=what, by=SYSTEM, at=START)


def test_it_keeps_its_code_and_waits_for_the_clerk(office: Office) -> None:
    arrived = take_in(arrival(office))
    dossier = Dossier.objects.select_related("case").get(pk=arrived.case_id)
    assert (dossier.case.number, state(dossier), verbs(dossier)) == (CODE, "filed", ["file"])
    assert (dossier.channel, dossier.received_by_id, dossier.case.due_at) == ("online", None, None)
    assert (dossier.case.unit_id, dossier.case.received_unit_id) == (
        office.province.commune.pk,
        office.province.shop.pk,
    )
    assert list(dossier.parts.values_list("pk", "code", "source")) == [(arrived.part_ids[0], "tp1", "upload")]
    assert dossier.case.owner_id is None


def test_arriving_again_it_is_one(office: Office) -> None:
    first = take_in(arrival(office))
    assert take_in(arrival(office)) == replace(first, part_ids=())
    assert Dossier.objects.count() == Part.objects.count() == 1


def test_a_proven_number_ties_it_to_the_person_here_and_a_claimed_one_does_not(office: Office) -> None:
    take_in(arrival(office, is_identity_proven=True))
    assert Case.objects.get(number=CODE).owner_id == office.accounts["lan"].pk
    other = replace(arrival(office), code="H53.242.01-261116-0043")
    assert Case.objects.get(pk=take_in(other).case_id).owner_id is None


def test_it_may_arrive_accepted(office: Office) -> None:
    arrived = take_in(arrival(office, is_accepted=True))
    dossier = Dossier.objects.select_related("case").get(pk=arrived.case_id)
    assert (state(dossier), verbs(dossier)) == ("received", ["file", "accept"])
    assert dossier.papers.get().form == "01"
    assert dossier.case.due_at is not None


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"code": "HO-SO-1"}, "dossiers.bad_code"),
        ({"procedure_code": "9.999999"}, "dossiers.no_such_procedure"),
        ({"branch": "khong_co"}, "dossiers.branch"),
        ({"unit_id": None}, "dossiers.commune_needed"),
    ],
)
def test_what_cannot_be_placed_is_refused_and_leaves_nothing(office: Office, change: Any, code: str) -> None:
    with pytest.raises(Refusal) as caught:
        take_in(replace(arrival(office), **change))
    assert caught.value.code == code
    assert not Dossier.objects.exists()


def test_the_code_of_a_dossier_from_here_is_not_taken_over(office: Office) -> None:
    here = office.filed()
    with pytest.raises(Refusal) as caught:
        take_in(replace(arrival(office), code=here.case.number))
    assert caught.value.code == "dossiers.code_taken"
    assert Dossier.objects.count() == 1


def test_no_dossier_from_here_gets_the_code_of_one_that_arrived(office: Office) -> None:
    prefix = office.filed().case.number.rpartition("-")[0]
    take_in(replace(arrival(office), code=f"{prefix}-0002"))
    assert office.filed().case.number == f"{prefix}-0003"


def test_an_answer_from_elsewhere_completes_or_supplements(office: Office) -> None:
    arrived = take_in(arrival(office))
    clerk, handler = office.actor("clerk"), office.actor("handler")
    actions.ask_completion(
        dossier_id=arrived.case_id, message="Thiếu tờ khai có chữ ký.", missing=(), by=clerk, at=START
    )
    more = {"case_id": arrived.case_id, "answer": "Đã ký.", "papers": (PAPER,), "by": SYSTEM}
    first = door.answer_from_elsewhere(at=after(hours=1), **more)
    actions.accept(dossier_id=arrived.case_id, by=clerk, at=after(hours=2))
    actions.take_over(dossier_id=arrived.case_id, by=handler, at=after(hours=3))
    actions.ask_supplement(
        dossier_id=arrived.case_id, message="Thiếu giấy ly hôn.", missing=(), by=handler, at=after(1)
    )
    second = door.answer_from_elsewhere(at=after(2), **more)
    rounds = dict(Part.objects.values_list("pk", "round"))
    assert (rounds[first[0]], rounds[second[0]]) == (1, 2)
    whole = door.whole([arrived.case_id])[arrived.case_id]
    assert [(one.before_acceptance, one.answered_at) for one in whole.supplements] == [
        (True, after(hours=1)), (False, after(2)),
    ]  # fmt: skip
    assert whole.supplements[0].due_before is None
    assert whole.supplements[1].due_before is not None
    assert whole.supplements[1].due_after == whole.due_at
    with pytest.raises(Refusal) as caught:
        door.answer_from_elsewhere(at=after(3), **more)
    assert caught.value.code == "cases.move_not_open"


def test_a_paper_gets_its_file_once(office: Office) -> None:
    arrived = take_in(arrival(office))
    file = files.store_made(b"%PDF-1.7 minh hoa", name="to-khai.pdf", purpose="dossiers.component")
    assert door.attach_to_part(part_id=arrived.part_ids[0], attachment=file)
    assert not door.attach_to_part(part_id=arrived.part_ids[0], attachment=file)
    assert door.whole([arrived.case_id])[arrived.case_id].papers[0].file_name == "to-khai.pdf"


def test_an_electronic_result_is_returned_once_it_reached_the_place_of_filing(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(issuing, "signed_result", lambda dossier, *, by, at: None)
    monkeypatch.setattr(issuing, "countersigned_result", lambda dossier, *, by, at: None)
    dossier = office.to_sign()
    actions.sign(dossier_id=dossier.pk, by=office.actor("leader"), at=after(1, 3))
    assert not door.return_elsewhere(case_id=dossier.pk, at=after(1, 4))
    actions.finish(dossier_id=dossier.pk, by=office.actor("registrar"), at=after(1, 6))
    Dossier.objects.filter(pk=dossier.pk).update(result_channel="electronic")
    assert door.return_elsewhere(case_id=dossier.pk, at=after(1, 7))
    assert not door.return_elsewhere(case_id=dossier.pk, at=after(1, 8))
    whole = door.whole([dossier.pk])[dossier.pk]
    assert (whole.national, whole.outcome, whole.returned_at) == (10, "granted", after(1, 7))
    assert [step.kind for step in whole.steps] == [
        "receive", "assign", "appraise", "review", "sign", "issue", "return",
    ]  # fmt: skip


def test_whole_dossiers_cost_the_same_statements_however_many(office: Office, django_assert_num_queries: Any) -> None:
    ids = [office.filed(at=after(hours=hour)).pk for hour in range(3)]
    with django_assert_num_queries(6):
        assert len(door.whole([*ids, 0])) == 3


def test_every_dossier_has_its_national_status(office: Office) -> None:
    first, second = office.filed(), office.accepted()
    assert list(door.statuses(chunk=1)) == [
        (first.pk, first.case.number, 1), (second.pk, Case.objects.get(pk=second.pk).number, 2),
    ]  # fmt: skip
