"""Taking a free dossier from the common list, and what the look-up without an account is told."""

from __future__ import annotations

import pytest

from tinhso.kernel.cases.models import Case
from tinhso.kernel.cases.rules import PublicStory
from tinhso.kernel.errors import NotAllowed, Refusal
from tinhso.kernel.manifest import registry
from tinhso.modules.dossiers.actions.taking import take
from tinhso.modules.dossiers.models import Dossier
from tinhso.modules.dossiers.queries.story import public_story
from tinhso.modules.dossiers.tests.factories import Office, after, everything, verbs

pytestmark = pytest.mark.django_db


@pytest.fixture
def office() -> Office:
    return Office()


def _refused(dossier, office, who, expected, code=""):
    before = everything(dossier)
    with pytest.raises(expected) as refused:
        take(case_id=dossier.pk, by=office.actor(who), at=after(1))
    assert everything(dossier) == before
    if code:
        assert refused.value.code == code


def test_a_received_dossier_is_taken_over(office):
    dossier = office.accepted()
    take(case_id=dossier.pk, by=office.actor("handler"), at=after(hours=1))
    case = Case.objects.get(pk=dossier.pk)
    assert (case.state, case.assignee_id) == ("processing", office.accounts["handler"].pk)
    assert verbs(dossier)[-1] == "take_over"


def test_a_dossier_that_lost_its_handler_is_taken_at_its_step(office):
    dossier = office.at_work()
    Case.objects.filter(pk=dossier.pk).update(assignee=None)
    take(case_id=dossier.pk, by=office.actor("colleague"), at=after(1))
    colleague = office.accounts["colleague"].pk
    assert Case.objects.get(pk=dossier.pk).assignee_id == colleague
    assert Dossier.objects.get(pk=dossier.pk).handler_id == colleague


def test_what_somebody_has_is_not_taken(office):
    _refused(office.at_work(), office, "colleague", Refusal, "dossiers.already_taken")


def test_steps_of_leaders_are_not_taken_by_specialists(office):
    dossier = office.to_sign()
    Case.objects.filter(pk=dossier.pk).update(assignee=None)
    _refused(dossier, office, "colleague", Refusal, "dossiers.not_to_take")


def test_a_dossier_not_yet_received_is_not_taken(office):
    _refused(office.filed(), office, "handler", Refusal, "dossiers.not_to_take")


def test_a_neighbour_takes_nothing(office):
    dossier = office.at_work()
    Case.objects.filter(pk=dossier.pk).update(assignee=None)
    _refused(dossier, office, "neighbour", NotAllowed)


def test_the_look_up_is_told_how_far_it_is_and_the_tail_of_the_phone(office):
    dossier = office.at_work()
    told = public_story(dossier.pk)
    assert told == PublicStory(steps_done=told.steps_done, steps_total=7, step=told.step, phone_tail="5678")
    assert 0 < told.steps_done < 7
    assert told.step == Case.objects.get(pk=dossier.pk).step


def test_a_dossier_that_does_not_exist_costs_the_same(office, django_assert_num_queries):
    dossier = office.at_work()
    with django_assert_num_queries(1):
        assert public_story(dossier.pk) is not None
    with django_assert_num_queries(1):
        assert public_story(0) is None


def test_the_shell_finds_both_in_the_registry():
    assert registry.stories["dossier"] is public_story
    assert registry.takes["dossier"] is take
