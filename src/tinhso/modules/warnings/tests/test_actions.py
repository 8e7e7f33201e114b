"""A bulletin goes from one hand to another, is told once to those concerned, and ends by itself."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.db import IntegrityError, transaction
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from tinhso.kernel.errors import NotAllowed, NotFound, Refusal
from tinhso.kernel.journal.models import Entry
from tinhso.kernel.manifest import Subject
from tinhso.kernel.notices import actions as notices
from tinhso.kernel.notices.models import Delivery, Notice, Preference
from tinhso.kernel.people.queries import actor_of
from tinhso.kernel.people.rules import NOBODY
from tinhso.kernel.testing import people
from tinhso.kernel.testing.jobs import run_jobs
from tinhso.modules.warnings import jobs, rules
from tinhso.modules.warnings.actions import subscribing, telling, writing
from tinhso.modules.warnings.models import Bulletin, Spreading, Subscription, Warning
from tinhso.modules.warnings.queries import shown
from tinhso.modules.warnings.rules import Kind, Level, State
from tinhso.modules.warnings.tests.conftest import Here


def follow(account: Any, *units: Any) -> None:
    subscribing.subscribe(units=[one.pk for one in units], by=actor_of(account), at=timezone.now())


def codes(here: Here, **asked: Any) -> list[str]:
    return [one.code for one in shown.current(timezone.now(), **asked)]


def test_a_published_bulletin_is_shown_in_its_place_until_it_is_over(here: Here) -> None:
    made = here.published()
    assert codes(here) == codes(here, unit_id=here.province.commune.pk) == [made.warning.code]
    assert codes(here, unit_id=here.province.other.pk) == []
    assert shown.current(timezone.now() + timedelta(days=2)) == []
    assert [entry.verb for entry in Entry.objects.filter(subject=f"warnings/{made.warning_id}").order_by("seq")] == [
        "warnings.draft", "warnings.submit", "warnings.publish",
    ]  # fmt: skip


def test_a_draft_and_a_waiting_bulletin_are_seen_by_nobody_outside(here: Here) -> None:
    made = here.waiting()
    assert codes(here) == []
    assert shown.one(made.warning.code) is None


def test_who_wrote_it_does_not_publish_it_and_nothing_changes(here: Here) -> None:
    approver = actor_of(here.approver)
    made = writing.draft(
        kind=Kind.FIRE, unit_id=here.province.root.pk, text=here.text(), by=approver, at=timezone.now()
    )
    writing.submit(warning_id=made.warning_id, by=approver, at=timezone.now())
    with pytest.raises(Refusal, match="thứ hai"):
        writing.publish(warning_id=made.warning_id, by=approver, at=timezone.now())
    assert Bulletin.objects.get().state == State.WAITING
    with pytest.raises(IntegrityError), transaction.atomic():
        Bulletin.objects.update(state="published", published_at=timezone.now(), approved_by=here.approver)


def test_who_may_only_write_does_not_publish_or_withdraw(here: Here) -> None:
    made, writer = here.waiting(), actor_of(here.writer)
    with pytest.raises(NotAllowed):
        writing.publish(warning_id=made.warning_id, by=writer, at=timezone.now())
    assert Bulletin.objects.get().state == State.WAITING
    with pytest.raises(NotFound):
        writing.publish(warning_id=made.warning_id, by=NOBODY, at=timezone.now())


def test_a_commune_warns_its_own_place_only(here: Here) -> None:
    clerk = actor_of(people.official("xa", here.province.commune, "warnings.writer"))
    unit = here.province.commune.pk
    text = here.text(areas=frozenset({here.province.other.pk}))
    with pytest.raises(Refusal) as no:
        writing.draft(kind=Kind.FIRE, unit_id=unit, text=text, by=clerk, at=timezone.now())
    assert (no.value.field, Warning.objects.count()) == ("areas", 0)
    with pytest.raises(NotAllowed):
        writing.draft(kind=Kind.FIRE, unit_id=here.province.root.pk, text=here.text(), by=clerk, at=timezone.now())
    assert writing.draft(kind=Kind.FIRE, unit_id=unit, text=here.text(), by=clerk, at=timezone.now()).number == 1


def test_it_goes_back_with_a_reason_and_is_changed(here: Here) -> None:
    made = here.waiting()
    asked = {"warning_id": made.warning_id, "by": actor_of(here.approver), "at": timezone.now()}
    with pytest.raises(Refusal, match="lý do"):
        writing.send_back(reason=" ", **asked)
    writing.send_back(reason="Thiếu giờ kết thúc", **asked)
    text = here.text(title="Mưa rất lớn", areas=frozenset({here.province.root.pk}))
    done = writing.change(warning_id=made.warning_id, text=text, by=actor_of(here.writer), at=timezone.now())
    done.refresh_from_db()
    assert (done.title, [one.unit_id for one in done.areas.all()]) == ("Mưa rất lớn", [here.province.root.pk])
    with pytest.raises(Refusal, match="bước khác"):
        writing.publish(**asked)


def test_an_update_replaces_the_one_before_only_when_it_is_published(here: Here) -> None:
    first, writer = here.published(), actor_of(here.writer)
    again = writing.update(warning_id=first.warning_id, by=writer, at=timezone.now())
    with pytest.raises(Refusal, match="đang soạn"):
        writing.update(warning_id=first.warning_id, by=writer, at=timezone.now())
    assert (again.number, [one.row.number for one in shown.current(timezone.now())]) == (2, [1])
    writing.submit(warning_id=first.warning_id, by=writer, at=timezone.now())
    writing.publish(warning_id=first.warning_id, by=actor_of(here.approver), at=timezone.now())
    first.refresh_from_db()
    assert (first.state, [one.row.number for one in shown.current(timezone.now())]) == (State.REPLACED, [2])


def test_followers_of_the_place_and_of_the_province_are_told_once(here: Here) -> None:
    minh, hoa = people.citizen("minh"), people.citizen("hoa")
    follow(here.lan, here.province.commune, here.province.root)
    follow(minh, here.province.root)
    follow(hoa, here.province.other)
    made = here.published()
    run_jobs()
    told = Notice.objects.order_by("pk")
    assert [one.account_id for one in told] == [here.lan.pk, minh.pk]
    assert told[0].title == "Chú ý: Mưa lớn ven sông"
    assert told[0].url == f"/canh-bao/{made.warning.code}/"
    row = Spreading.objects.get()
    assert (row.told, row.done_at is None) == (2, False)
    jobs.spread.func(row.pk)
    jobs.take_up.func(0)
    run_jobs()
    assert Notice.objects.count() == 2


def test_a_stopped_telling_goes_on_behind_whom_it_reached(here: Here, monkeypatch: Any) -> None:
    monkeypatch.setattr(telling, "BATCH", 2)
    crowd = [people.citizen(f"dan{number}") for number in range(5)]
    for one in crowd:
        follow(one, here.province.commune)
    here.published()
    row = Spreading.objects.get()
    assert telling.spread(spreading_id=row.pk, at=timezone.now()) is True
    row.refresh_from_db()
    assert (row.told, row.reached, Notice.objects.count()) == (2, crowd[1].pk, 2)
    run_jobs()
    row.refresh_from_db()
    assert (row.told, Notice.objects.count(), row.done_at is None) == (5, 5, False)


def test_nobody_is_told_what_was_withdrawn_meanwhile_and_who_was_told_is_told_that(here: Here) -> None:
    follow(here.lan, here.province.commune)
    made, approver = here.published(level=Level.DANGER), actor_of(here.approver)
    run_jobs()
    writing.withdraw(warning_id=made.warning_id, reason="Đài đã gỡ cảnh báo", by=approver, at=timezone.now())
    run_jobs()
    assert codes(here) == []
    assert list(Notice.objects.order_by("pk").values_list("kind", flat=True)) == [
        "warnings.urgent",
        "warnings.withdraw",
    ]
    again = here.published()
    writing.withdraw(warning_id=again.warning_id, reason="Nhầm địa bàn", by=approver, at=timezone.now())
    run_jobs()
    assert Notice.objects.count() == 2


def test_what_waits_for_the_morning_is_not_sent_once_it_is_over_or_said_anew(here: Here) -> None:
    follow(here.lan, here.province.commune)
    here.lan.email = "lan@vi-du.example"
    here.lan.save()
    made = here.published()
    telling.spread(spreading_id=Spreading.objects.get().pk, at=timezone.now())
    waiting = Delivery.objects.get(channel="email")
    assert ProcrastinateJob.objects.get(task_name="notices.deliver").priority == -1
    assert telling.holds(waiting.notice.dedupe, timezone.now()) is True
    assert notices.send(delivery_id=waiting.pk, at=made.expires_at) == "given_up"
    assert mail.outbox == []
    writing.update(warning_id=made.warning_id, by=actor_of(here.writer), at=timezone.now())
    writing.submit(warning_id=made.warning_id, by=actor_of(here.writer), at=timezone.now())
    writing.publish(warning_id=made.warning_id, by=actor_of(here.approver), at=timezone.now())
    assert telling.holds(waiting.notice.dedupe, timezone.now()) is False
    run_jobs()
    assert [one.subject for one in mail.outbox] == ["Cập nhật – Chú ý: Mưa lớn ven sông"]


def test_what_a_person_switched_off_is_not_carried(here: Here) -> None:
    follow(here.lan, here.province.commune)
    here.lan.email = "lan@vi-du.example"
    here.lan.save()
    Preference.objects.create(account=here.lan, group="warnings", channel="email", is_on=False)
    here.published()
    run_jobs()
    assert (Notice.objects.count(), Delivery.objects.filter(channel="email").count()) == (1, 0)


def test_following_keeps_exactly_what_was_chosen_and_ends_at_ones_wish(here: Here) -> None:
    follow(here.lan, here.province.commune, here.province.root)
    follow(here.lan, here.province.other)
    assert [one.unit_id for one in Subscription.objects.all()] == [here.province.other.pk]
    with pytest.raises(Refusal):
        follow(here.lan, here.province.department)
    with pytest.raises(NotAllowed):
        subscribing.subscribe(units=[here.province.root.pk], by=NOBODY, at=timezone.now())
    [held] = subscribing.HOLDINGS
    subject = Subject(here.lan.pk, here.lan.person_id)
    assert [held.tell(one)["place"] for one in held.rows(subject)] == [here.province.other.name]
    assert held.erase is not None
    assert held.erase(subject, record="privacy/1", at=timezone.now()) == 1
    assert Subscription.objects.count() == 0


def test_an_expired_bulletin_is_told_no_further(here: Here) -> None:
    follow(here.lan, here.province.commune)
    here.published()
    row = Spreading.objects.get()
    assert telling.spread(spreading_id=row.pk, at=timezone.now() + timedelta(days=2)) is False
    assert Notice.objects.count() == 0
    assert rules.BATCH == 200
