"""The queue out: nothing lost, nothing twice, in order; and what differs from the portal is found."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from tinhso.kernel.cases import actions as cases
from tinhso.kernel.cases.models import Case
from tinhso.kernel.errors import NotAllowed, NotFound, Refusal
from tinhso.kernel.journal.models import Entry
from tinhso.kernel.people.rules import SYSTEM, Actor
from tinhso.modules.dossiers.tests.factories import MARITAL, START, Office, after
from tinhso.modules.national_portal.actions import comparing, link, outgoing
from tinhso.modules.national_portal.models import (
    CatalogueNotice,
    Comparison,
    Link,
    Outgoing,
)
from tinhso.modules.national_portal.module import FOLLOWED
from tinhso.modules.national_portal.queries.figures import overview
from tinhso.modules.national_portal.queries.pictures import PAID, pictures
from tinhso.modules.national_portal.rules import patience
from tinhso.modules.national_portal.rules.comparing import CatalogueChange, Difference, What, counted
from tinhso.modules.procedures import door as procedures

pytestmark = pytest.mark.django_db


def marked(office: Office, *, hours: float = 0) -> Outgoing:
    """A dossier in the queue since so many hours after Monday eight o'clock."""
    dossier = office.filed(after(hours=hours))
    outgoing.mark(case_id=dossier.pk, code=dossier.case.number, version=1, at=after(hours=hours))
    return Outgoing.objects.get(pk=dossier.pk)


def row(one: Outgoing) -> Outgoing:
    return Outgoing.objects.get(pk=one.pk)


def acknowledge(one: Outgoing, version: int, at: datetime) -> Outgoing:
    outgoing.acknowledged(row(one), version=version, content_hash="a", steps_hash="b", is_portal_result=False, at=at)
    return row(one)


def refuse(one: Outgoing, at: datetime, *, was_refused: bool = True) -> Outgoing:
    """One attempt at it that fails."""
    before = row(one)
    assert outgoing.keep_lease(before, at)
    before.attempts += 1
    return outgoing.not_acknowledged(before, code="12", why="Sai lĩnh vực", was_refused=was_refused, payload={}, at=at)


def test_a_change_told_twice_or_late_changes_nothing(office: Office) -> None:
    one = marked(office)
    assert outgoing.mark(case_id=one.pk, code=one.code, version=3, at=after(1))
    assert not outgoing.mark(case_id=one.pk, code=one.code, version=3, at=after(2))
    assert not outgoing.mark(case_id=one.pk, code=one.code, version=2, at=after(2))
    assert (row(one).version, row(one).marked_at) == (3, START)


def test_dossiers_are_leased_in_the_order_of_their_change_and_not_twice(office: Office) -> None:
    first, second, third = (marked(office, hours=hours) for hours in (2, 0, 1))
    now = after(1)
    assert [one.pk for one in outgoing.lease(2, now)] == [second.pk, third.pk]
    assert [one.pk for one in outgoing.lease(5, now)] == [first.pk]
    assert outgoing.lease(5, now + patience.LEASE - timedelta(seconds=1)) == []
    assert len(outgoing.lease(5, now + patience.LEASE)) == 3


def test_of_two_that_hold_a_lease_after_each_other_one_sends(office: Office) -> None:
    marked(office)
    (stalled,) = outgoing.lease(1, START)
    (taken,) = outgoing.lease(1, START + patience.LEASE)
    assert outgoing.keep_lease(taken, START + patience.LEASE)
    assert not outgoing.keep_lease(stalled, START + patience.LEASE)


def test_the_first_acknowledgement_is_noted_beside_the_work(office: Office) -> None:
    one = marked(office)
    revision = Case.objects.get(pk=one.pk).revision
    assert acknowledge(one, 1, after(1)).state == "sent"
    acknowledge(one, 2, after(2))
    case = Case.objects.get(pk=one.pk)
    assert (case.revision, case.entries.filter(verb="national_portal.sync").count()) == (revision, 1)


def test_what_changed_while_it_was_sent_is_sent_again(office: Office) -> None:
    one = marked(office)
    outgoing.mark(case_id=one.pk, code=one.code, version=4, at=after(1))
    got = acknowledge(one, 3, after(2))
    assert (got.state, got.acknowledged_version, got.next_at) == ("waiting", 3, after(2))
    assert acknowledge(one, 4, after(3)).state == "sent"
    outgoing.mark(case_id=one.pk, code=one.code, version=5, at=after(4))
    assert (row(one).state, row(one).marked_at) == ("waiting", after(4))


def test_six_refusals_make_a_dead_letter_and_a_change_revives_it(office: Office) -> None:
    one, at = marked(office), START
    for time in range(6):
        assert row(one).state == "waiting"
        got = refuse(one, at)
        assert got.next_at == at + patience.wait(time + 1)
        at = got.next_at
    assert (got.state, got.error_code, got.error) == ("dead", "12", "Sai lĩnh vực")
    assert outgoing.lease(1, after(30)) == []
    outgoing.mark(case_id=one.pk, code=one.code, version=2, at=after(31))
    assert (row(one).state, row(one).strikes) == ("waiting", 0)


def test_an_outage_of_a_day_makes_no_dead_letters(office: Office) -> None:
    one, at = marked(office), START
    link.worked(START - timedelta(minutes=1))
    for _ in range(40):
        at = refuse(one, at, was_refused=False).next_at
    assert at > after(1)
    assert (row(one).state, row(one).strikes) == ("waiting", 0)


def test_a_dossier_on_which_the_portal_breaks_is_a_dead_letter_once_others_get_through(office: Office) -> None:
    one, at = marked(office), START
    for _ in range(7):
        at = refuse(one, at, was_refused=False).next_at
        link.worked(at - timedelta(seconds=1))
    assert row(one).state == "dead"


def test_only_operators_send_again(office: Office, chief: Actor) -> None:
    one, at = marked(office), START
    for _ in range(6):
        at = refuse(one, at).next_at
    before = Outgoing.objects.filter(pk=one.pk).values().get()
    for who in ("clerk", "leader", "lan"):
        with pytest.raises(NotAllowed):
            outgoing.resend(case_id=one.pk, by=office.actor(who), at=after(3))
    assert Outgoing.objects.filter(pk=one.pk).values().get() == before
    with pytest.raises(NotFound):
        outgoing.resend(case_id=0, by=chief, at=after(3))
    outgoing.resend(case_id=one.pk, by=chief, at=after(3))
    assert [found.pk for found in outgoing.lease(1, after(3))] == [one.pk]
    assert Entry.objects.get(verb="national_portal.resend").data == {"code": one.code}


def test_dossiers_from_before_the_link_join_the_queue_once(office: Office) -> None:
    office.filed()
    marked(office)
    assert outgoing.mark_missing(after(1)) == 1
    assert outgoing.mark_missing(after(2)) == 0
    assert Outgoing.objects.waiting().count() == 2


def test_never_acknowledged_dossiers_are_counted_by_age(office: Office) -> None:
    for age, hours in (("hour", 0.5), ("day", 2), ("week", 48), ("older", 200)):
        one = marked(office)
        Outgoing.objects.filter(pk=one.pk).update(first_marked_at=START - timedelta(hours=hours))
        assert overview(START).never[age] == 1
    acknowledge(one, 1, START)
    assert overview(START).never == {"hour": 1, "day": 1, "week": 1, "older": 0}


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ({"purpose": "fee", "is_online": True}, "2"),
        ({"purpose": "fee", "is_online": False}, "0"),
        ({"purpose": "finance", "is_online": True}, "0"),
    ],
)
def test_a_fee_paid_online_here_is_told(office: Office, said: dict[str, Any], told: str) -> None:
    assert PAID in FOLLOWED
    pk = office.filed().pk
    cases.record(Case.objects.locked(pk), PAID, by=SYSTEM, at=after(1), data=said)
    assert pictures([pk])[pk].dossier["DuocThanhToanTrucTuyen"] == told


def test_the_link_rests_after_failures_and_wakes_by_hand(office: Office, chief: Actor) -> None:
    for _ in range(5):
        link.failed("HTTP 503", START)
    assert Link.objects.get().rests_until == START + patience.FIRST_REST
    with pytest.raises(NotAllowed):
        link.try_now(by=office.actor("leader"))
    assert Link.objects.get().rests_until is not None
    link.try_now(by=chief)
    assert link.current().circuit.may_try(START)
    link.worked(after(1))
    assert (link.current().failures, link.current().error, link.current().worked_at) == (0, "", after(1))


# Comparing


def test_what_differs_is_queued_unless_it_is_on_its_way(office: Office) -> None:
    sent, waiting = marked(office), marked(office)
    acknowledge(sent, 1, START)
    found = [Difference(sent.code, 1, 0), Difference(waiting.code, 1, 0), Difference("H01-261116-0001", 0, 4)]
    made = comparing.keep(ours=counted([1, 1]), theirs=counted([4]), found=found, at=after(1))
    assert (made.differing, made.on_their_way, made.queued) == (2, 1, 1)
    assert [(one.code, one.is_on_its_way) for one in made.rows.all()] == [
        (sent.code, False), ("H01-261116-0001", False), (waiting.code, True),
    ]  # fmt: skip
    assert row(sent).state == "waiting"
    assert Comparison.objects.count() == 1


CHANGES = (
    CatalogueChange(MARITAL, What.RENAMED, "Cũ", "Tên mới trên Cổng"),
    CatalogueChange("9.000001", What.NEW, "", "Thủ tục mới"),
    CatalogueChange("1.001193", What.ABOLISHED, "Khai sinh", ""),
)


def test_the_portals_catalogue_becomes_notices_and_drafts_never_a_publication(office: Office, chief: Actor) -> None:
    before = procedures.published(MARITAL, START.date())
    assert comparing.keep_catalogue(CHANGES, START) == 3
    assert comparing.keep_catalogue(CHANGES, after(1)) == 0
    renamed, abolished, new = (CatalogueNotice.objects.get(what=what) for what in ("renamed", "abolished", "new"))
    with pytest.raises(NotAllowed):
        comparing.close_notice(notice_id=new.pk, makes_draft=True, by=office.actor("leader"), at=START)
    with pytest.raises(Refusal) as caught:
        comparing.close_notice(notice_id=abolished.pk, makes_draft=True, by=chief, at=START)
    assert caught.value.code == "national_portal.abolish_by_hand"
    comparing.close_notice(notice_id=renamed.pk, makes_draft=True, by=chief, at=START)
    comparing.close_notice(notice_id=new.pk, makes_draft=True, by=chief, at=START)
    procedures.forget()
    assert procedures.published(MARITAL, START.date()) == before
    assert procedures.published("9.000001", START.date()) is None
    comparing.keep_catalogue((), after(2))
    assert dict(CatalogueNotice.objects.values_list("what", "state")) == {
        "renamed": "drafted", "new": "drafted", "abolished": "gone",
    }  # fmt: skip
