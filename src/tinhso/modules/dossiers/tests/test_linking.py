"""One dossier handed in, a child for each linked procedure: opened once, finished before the parent."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from tinhso.kernel.cases.models import Case
from tinhso.kernel.errors import Refusal
from tinhso.kernel.journal.models import Entry
from tinhso.kernel.notices.models import Notice
from tinhso.kernel.people.rules import SYSTEM
from tinhso.kernel.testing.jobs import run_jobs
from tinhso.kernel.testing.lasting import lasting
from tinhso.modules.dossiers import actions
from tinhso.modules.dossiers.actions import issuing
from tinhso.modules.dossiers.actions.filing import Applicant, Filing
from tinhso.modules.dossiers.models import Dossier
from tinhso.modules.dossiers.queries import routing
from tinhso.modules.dossiers.rules import Channel
from tinhso.modules.dossiers.tests.factories import RESULT, START, Office, after, everything, state, verbs
from tinhso.modules.procedures import door

pytestmark = pytest.mark.django_db
BIRTH_AND_MORE, BIRTH, RESIDENCE = "2.000986", "1.001193", "1.004222"
REASON = "Gia đình chuyển nơi ở, xin dừng lại."


class Registry(Office):
    """Where a child's birth, residence and insurance are applied for with one dossier."""

    def __init__(self) -> None:
        super().__init__()
        for code in (BIRTH_AND_MORE, BIRTH, RESIDENCE):
            door.publish_sample(code, valid_from=date(2026, 1, 1), at=START)
        self.linked: Any = door.published(BIRTH_AND_MORE, START.date())

    def parent(self) -> Dossier:
        commune, shop = self.province.commune, self.province.shop
        filing = Filing(
            sheet=self.linked,
            branch="",
            channel=Channel.DIRECT,
            where=routing.Route(shop.pk, commune.pk, False),
            applicant=Applicant("Nguyễn Thị Lan", "079190012346", "0912345678", account_id=self.accounts["lan"].pk),
        )
        return actions.receive_at_counter(filing=filing, parts=[], by=self.actor("clerk"), at=START)

    def children(self, parent: Dossier) -> list[Dossier]:
        return actions.open_children(dossier_id=parent.pk, by=SYSTEM, at=after(hours=1))


@pytest.fixture(scope="module")
def made(django_db_setup: None, django_db_blocker: Any) -> Iterator[Registry]:
    with lasting(django_db_blocker):
        yield Registry()


@pytest.fixture
def office(made: Registry, db: None, monkeypatch: pytest.MonkeyPatch) -> Registry:
    monkeypatch.setattr(issuing, "signed_result", lambda dossier, *, by, at: None)
    monkeypatch.setattr(issuing, "countersigned_result", lambda dossier, *, by, at: None)
    return made


def published(office: Registry) -> set[str]:
    """Those linked procedures that are offered at all."""
    return {code for code in office.linked.linked if door.published(code, START.date())}


def test_each_linked_procedure_gets_a_child_of_its_own(office):
    parent = office.parent()
    opened = office.children(parent)
    assert {child.procedure_code for child in opened} == published(office)
    assert BIRTH in published(office)
    child = Dossier.objects.select_related("case").get(parent=parent, procedure_code=BIRTH)
    assert (child.case.state, child.applicant_name, child.case.owner_id) == (
        "received", "Nguyễn Thị Lan", office.accounts["lan"].pk,
    )  # fmt: skip
    assert child.case.number != parent.case.number
    assert child.case.received_unit_id == parent.case.received_unit_id
    assert (child.case.due_at is not None, child.case.steps.count() > 1) == (True, True)
    assert verbs(parent) == ["receive", "link"]


def test_opening_the_children_again_opens_none_twice(office):
    parent = office.parent()
    office.children(parent)
    before = (Dossier.objects.count(), verbs(parent))
    assert office.children(parent) == []
    run_jobs()
    assert (Dossier.objects.count(), verbs(parent)) == before


def test_they_are_opened_by_what_follows_reception(office):
    parent = office.parent()
    run_jobs()
    assert parent.children.count() == len(published(office))
    assert Entry.objects.filter(verb="dossier.link").count() == 1


def test_procedures_linked_in_a_circle_open_each_other_once(office, monkeypatch):
    """A mistake in the catalogue must not fill the registry."""
    sheet = door.sheet

    def circular(version_id: int) -> Any:
        found = sheet(version_id)
        kept = {"code": found.code, "content": found.content}
        return SimpleNamespace(linked=(BIRTH_AND_MORE,), **kept) if found.code == BIRTH else found

    monkeypatch.setattr(door, "sheet", circular)
    parent = office.parent()
    run_jobs()
    assert parent.children.count() == len(published(office))
    assert Dossier.objects.filter(procedure_code=BIRTH_AND_MORE).count() == 1


def test_a_child_is_resolved_where_the_answers_say_when_the_parents_units_are_no_commune(office):
    parent = office.parent()
    department = office.province.department.pk
    Case.objects.filter(pk=parent.pk).update(unit=department, received_unit=department)
    Dossier.objects.filter(pk=parent.pk).update(answers={"noi_giai_quyet": office.province.commune.code})
    opened = office.children(parent)
    child = next(one for one in opened if one.procedure_code == BIRTH)
    assert child.case.unit_id == office.province.commune.pk


def test_a_procedure_without_linked_ones_opens_none(office):
    dossier = office.accepted()
    run_jobs()
    assert not Dossier.objects.filter(parent__isnull=False).exists()
    assert verbs(dossier) == ["file", "accept"]


def to_sign(office: Registry, dossier: Dossier) -> None:
    handler, head = office.actor("handler"), office.actor("head")
    at = after(hours=2)
    actions.take_over(dossier_id=dossier.pk, by=handler, at=at)
    actions.draft_result(dossier_id=dossier.pk, text=RESULT, by=handler, at=at)
    while (kind := Case.objects.values_list("step_kind", flat=True).get(pk=dossier.pk)) not in ("sign", "issue", ""):
        actions.step_on(dossier_id=dossier.pk, by=head if kind == "review" else handler, at=at)


def finish(office: Registry, dossier: Dossier) -> None:
    to_sign(office, dossier)
    actions.sign(dossier_id=dossier.pk, by=office.actor("leader"), at=after(hours=3))
    if state(dossier) == "processing":
        actions.finish(dossier_id=dossier.pk, by=office.actor("registrar"), at=after(hours=3))


def test_the_parent_is_not_signed_before_its_children_are_settled(office):
    parent = office.parent()
    children = office.children(parent)
    to_sign(office, parent)
    before = everything(parent)
    with pytest.raises(Refusal) as no:
        actions.sign(dossier_id=parent.pk, by=office.actor("leader"), at=after(hours=3))
    assert no.value.code == "dossiers.children_open"
    assert everything(parent) == before
    for child in children:
        finish(office, child)
    actions.sign(dossier_id=parent.pk, by=office.actor("leader"), at=after(hours=4))
    assert Dossier.objects.get(pk=parent.pk).signed_at == after(hours=4)


def test_when_the_last_child_is_settled_the_parents_handler_is_told_once(office):
    parent = office.parent()
    children = office.children(parent)
    for child in children:
        assert "children_done" not in verbs(parent)
        finish(office, child)
        run_jobs()
    assert verbs(parent).count("children_done") == 1
    assert Case.objects.values_list("news", flat=True).get(pk=parent.pk) == "Các hồ sơ con đã có kết quả"
    again = actions.note_child_done(dossier_id=children[0].pk, by=SYSTEM, at=after(2))
    assert (again, verbs(parent).count("children_done")) == (False, 1)


def test_a_child_that_was_withdrawn_is_settled_too(office):
    parent = office.parent()
    for child in office.children(parent):
        actions.withdraw(dossier_id=child.pk, reason=REASON, by=office.actor("lan"), at=after(1))
    run_jobs()
    assert verbs(parent)[-1] == "children_done"


def test_a_dossier_without_parent_tells_nobody(office):
    assert actions.note_child_done(dossier_id=office.accepted().pk, by=SYSTEM, at=after(1)) is False


def test_nobody_sees_children_that_they_could_not_see_alone(office):
    parent = office.parent()
    office.children(parent)
    seen = {who: Dossier.objects.visible_to(office.actor(who)).count() for who in ("lan", "minh", "neighbour")}
    assert seen == {"lan": 1 + len(published(office)), "minh": 0, "neighbour": 0}


def test_children_of_a_withdrawn_parent_go_on_and_say_so_to_those_concerned(office):
    parent = office.parent()
    children = office.children(parent)
    taken = children[0]
    actions.take_over(dossier_id=taken.pk, by=office.actor("handler"), at=after(hours=2))
    run_jobs()
    actions.withdraw(dossier_id=parent.pk, reason=REASON, by=office.actor("lan"), at=after(1))
    run_jobs()
    assert [verbs(child)[-1] for child in children] == ["parent_ended"] * len(children)
    assert state(taken) == "processing"
    assert Case.objects.values_list("news", flat=True).get(pk=taken.pk) == "Hồ sơ liên thông chung đã kết thúc"
    told = Notice.objects.filter(kind="dossier.parent_ended", case_id=taken.pk).values_list("account_id", flat=True)
    assert set(told) == {office.accounts["lan"].pk, office.accounts["handler"].pk}
    assert actions.note_parent_ended(dossier_id=parent.pk, by=SYSTEM, at=after(2)) == []


def test_who_withdraws_a_parent_is_shown_first_what_goes_on(office):
    parent = office.parent()
    numbers = [child.case.number for child in office.children(parent)]
    browser = Client()
    browser.force_login(office.accounts["lan"], backend="django.contrib.auth.backends.ModelBackend")
    page = browser.get(reverse("dossiers:withdraw", args=[parent.case.number])).content.decode()
    assert [number for number in numbers if number in page] == numbers
    clerk = Client()
    clerk.force_login(office.accounts["clerk"], backend="django.contrib.auth.backends.ModelBackend")
    page = clerk.get(reverse("dossiers:decide", args=[parent.case.number, "rut"])).content.decode()
    assert [number for number in numbers if number in page] == numbers
