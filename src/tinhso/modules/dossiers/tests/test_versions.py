"""Running dossiers keep the version they began under, and move to a newer one on purpose only."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tinhso.kernel.cases.models import Case, Promise
from tinhso.kernel.cases.terms import Term
from tinhso.kernel.clock.queries import calendar_for
from tinhso.kernel.errors import NotAllowed, Refusal
from tinhso.kernel.journal.models import Entry
from tinhso.kernel.processes.models import Step
from tinhso.kernel.testing.lasting import lasting
from tinhso.modules.dossiers import actions
from tinhso.modules.dossiers.actions import issuing
from tinhso.modules.dossiers.models import Dossier
from tinhso.modules.dossiers.queries import versions as queries
from tinhso.modules.dossiers.rules import VersionChange, hindrance
from tinhso.modules.dossiers.tests.factories import MARITAL, START, Office, after, everything
from tinhso.modules.procedures import door

pytestmark = pytest.mark.django_db
REASON = "Điều khoản chuyển tiếp của quyết định công bố mới (trình diễn)."
FIVE_DAYS = {"value": 5, "unit": "working_day"}


@pytest.fixture(scope="module")
def made(django_db_setup: None, django_db_blocker: Any) -> Iterator[Office]:
    with lasting(django_db_blocker):
        yield Office()


@pytest.fixture
def office(made: Office, db: None) -> Iterator[Office]:
    yield made
    door.forget()


def publish(**changes: Any) -> Any:
    """A newer version, in force from the Tuesday of the story."""
    door.publish_sample(MARITAL, valid_from=date(2026, 11, 17), at=START, **changes)
    return door.published(MARITAL, date(2026, 11, 17))


def move(office: Office, dossier: Dossier, target: Any, who: str = "leader", at: datetime | None = None) -> Dossier:
    return actions.move_to_version(
        dossier_id=dossier.pk, version_id=target.version_id, reason=REASON, by=office.actor(who), at=at or after(1)
    )


def local(moment: datetime | None) -> str:
    return f"{timezone.localtime(moment):%d/%m/%Y %H:%M}" if moment else ""


def test_a_new_version_alone_changes_nothing_for_running_dossiers(office: Office) -> None:
    dossier = office.at_work()
    before = everything(dossier)
    publish(time_limit=FIVE_DAYS)
    assert everything(dossier) == before


def test_moved_it_has_the_new_limit_a_new_promise_and_an_entry(office: Office) -> None:
    dossier = office.at_work()
    assert local(Case.objects.get(pk=dossier.pk).due_at) == "19/11/2026 17:00"
    target = publish(time_limit=FIVE_DAYS)
    move(office, dossier, target)
    case = Case.objects.get(pk=dossier.pk)
    assert local(case.due_at) == "23/11/2026 17:00"
    assert Term.from_json(case.clock).due(calendar_for(case.unit_id)).at == case.due_at
    assert Dossier.objects.get(pk=dossier.pk).version_id == target.version_id
    last = Promise.objects.filter(case=case).latest("pk")
    assert (last.due_at, last.reason, last.note) == (case.due_at, "move_version", REASON)
    entry = Entry.objects.get(case=case, verb="dossier.move_version")
    assert (entry.data["from"], entry.data["to"], entry.said["reason"]) == (1, 2, REASON)
    assert datetime.fromisoformat(entry.data["due"]).astimezone(UTC) == case.due_at


def test_what_is_done_stays_done_and_the_step_at_work_goes_on(office: Office) -> None:
    dossier = office.at_work()
    done = list(Step.objects.filter(case_id=dossier.pk).exclude(state="waiting").values())
    target = publish(time_limit=FIVE_DAYS)
    move(office, dossier, target)
    rows = list(Step.objects.filter(case_id=dossier.pk))
    assert list(Step.objects.filter(case_id=dossier.pk).exclude(state="waiting").values()) == done
    new = [step.key for step in door.steps_for(target, "online", "")]
    assert [step.key for step in rows] == new
    assert [step.seq for step in rows] == list(range(1, len(new) + 1))


def test_the_way_to_the_result_goes_on_after_the_move(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(issuing, "signed_result", lambda dossier, *, by, at: None)
    dossier = office.to_sign()
    move(office, dossier, publish(time_limit=FIVE_DAYS))
    actions.sign(dossier_id=dossier.pk, by=office.actor("leader"), at=after(1, 4))
    assert Case.objects.get(pk=dossier.pk).step_kind == "issue"


def test_moved_twice_it_is_moved_once(office: Office) -> None:
    dossier, target = office.at_work(), publish(time_limit=FIVE_DAYS)
    move(office, dossier, target)
    before = everything(dossier)
    move(office, dossier, target, at=after(2))
    assert everything(dossier) == before


def test_one_not_yet_accepted_is_accepted_by_the_new_version(office: Office) -> None:
    dossier = office.filed()
    target = publish(time_limit=FIVE_DAYS)
    move(office, dossier, target)
    actions.accept(dossier_id=dossier.pk, by=office.actor("clerk"), at=after(1, 1))
    assert local(Case.objects.get(pk=dossier.pk).due_at) == "25/11/2026 17:00"  # the 24th is a holiday
    assert Promise.objects.filter(case_id=dossier.pk).count() == 1


def test_while_the_clock_stands_still_the_date_comes_with_its_resumption(office: Office) -> None:
    dossier = office.supplementing()
    due = Case.objects.get(pk=dossier.pk).due_at
    move(office, dossier, publish(time_limit=FIVE_DAYS))
    assert Case.objects.get(pk=dossier.pk).due_at == due
    assert Promise.objects.filter(case_id=dossier.pk).count() == 1
    actions.supplement(dossier_id=dossier.pk, answer="Tôi gửi bổ sung.", parts=[], by=office.actor("lan"), at=after(2))
    assert local(Case.objects.get(pk=dossier.pk).due_at) == "26/11/2026 17:00"


@pytest.mark.parametrize("who", ["handler", "clerk", "lan", "neighbour", "head"])
def test_who_may_not_move_versions_changes_nothing(office: Office, who: str) -> None:
    dossier, target = office.at_work(), publish(time_limit=FIVE_DAYS)
    before = everything(dossier)
    with pytest.raises(NotAllowed):
        move(office, dossier, target, who)
    assert everything(dossier) == before


def refused(office: Office, dossier: Dossier, target: Any, code: str, at: datetime | None = None) -> str:
    before = everything(dossier)
    with pytest.raises(Refusal) as no:
        move(office, dossier, target, at=at)
    assert no.value.code == code
    assert everything(dossier) == before
    return no.value.message


def test_only_a_newer_version_in_force_takes_dossiers_over(office: Office) -> None:
    old = door.published(MARITAL, START.date())
    dossier, target = office.at_work(), publish(time_limit=FIVE_DAYS)
    refused(office, dossier, target, "dossiers.not_newer", at=after(hours=5))  # still Monday: not in force
    move(office, dossier, target)
    refused(office, dossier, old, "dossiers.not_newer")


def test_one_whose_step_is_no_more_stays_and_says_so(office: Office) -> None:
    dossier = office.accepted()  # waits to be assigned, a step that same-day processes do not have
    target = publish(time_limit={"value": 1, "unit": "working_day", "cutoff": "15:00", "rule": "same_day"})
    assert "không có bước đang làm" in refused(office, dossier, target, "dossiers.keeps_version")


def test_one_that_is_late_stays_so_that_it_does_not_turn_punctual(office: Office) -> None:
    dossier, target = office.at_work(), publish(time_limit=FIVE_DAYS)
    assert "Đã quá hạn" in refused(office, dossier, target, "dossiers.keeps_version", at=after(4, 2))


CALM = VersionChange(
    is_signed=False, has_open_opinion=False, branch="", branches=frozenset({"a"}), step="appraise",
    step_name="Thẩm định", steps=("receive", "appraise"), due_at=after(3), new_due_at=after(5),
)  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({}, ""),
        ({"branch": "a"}, ""),
        ({"step": ""}, ""),
        ({"due_at": None, "new_due_at": None}, ""),
        ({"is_signed": True}, "Kết quả đã ký"),
        ({"branch": "b"}, "không còn trường hợp"),
        ({"step": "assign", "step_name": "Phân công"}, "không có bước đang làm: “Phân công”"),
        ({"has_open_opinion": True}, "ý kiến phối hợp"),
        ({"due_at": after(0)}, "Đã quá hạn theo bản cũ"),
        ({"new_due_at": after(0)}, "hạn đã qua"),
    ],
)
def test_what_keeps_a_dossier_with_its_version(changes: dict[str, Any], words: str) -> None:
    found = hindrance(replace(CALM, **changes), after(1))
    assert (found == "") == (words == "")
    assert words in found


# --- the page


@pytest.fixture
def now_in_force(office: Office) -> tuple[Office, Dossier, Any]:
    """The page works in the present: a dossier accepted just now, a newer version in force today."""
    dossier = office.accepted(at=timezone.now())
    door.publish_sample(MARITAL, valid_from=timezone.localdate(), at=timezone.now(), time_limit=FIVE_DAYS)
    return office, dossier, door.published(MARITAL, timezone.localdate())


def browser(office: Office, who: str) -> Client:
    client = Client()
    client.force_login(office.accounts[who])
    return client


def test_the_page_lists_what_moves_with_both_dates_and_moves_it(now_in_force: tuple[Office, Dossier, Any]) -> None:
    office, dossier, target = now_in_force
    client, url = browser(office, "leader"), f"/lam-viec/chuyen-ban/{MARITAL}/"
    assert url in client.get("/lam-viec/chuyen-ban/").content.decode()
    page = client.get(url).content.decode()
    assert "Chuyển được: 1 hồ sơ" in page
    assert dossier.case.number in page
    form = {"dossier": [dossier.pk], "version": target.version_id, "reason": REASON}
    assert client.post(url, form).status_code == 302
    assert Dossier.objects.get(pk=dossier.pk).version_id == target.version_id
    assert "Không còn hồ sơ nào theo bản cũ" in client.get(url).content.decode()


@pytest.mark.parametrize(("change", "words"), [({"reason": ""}, "ít nhất 10 ký tự"), ({"dossier": []}, "Chọn ít nhất")])
def test_without_a_reason_or_a_choice_nothing_moves(
    now_in_force: tuple[Office, Dossier, Any], change: dict[str, Any], words: str
) -> None:
    office, dossier, target = now_in_force
    form = {"dossier": [dossier.pk], "version": target.version_id, "reason": REASON} | change
    answer = browser(office, "leader").post(f"/lam-viec/chuyen-ban/{MARITAL}/", form)
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert Dossier.objects.get(pk=dossier.pk).version_id != target.version_id


def test_others_do_not_see_the_page_and_twice_the_dossiers_cost_the_same(
    now_in_force: tuple[Office, Dossier, Any],
) -> None:
    office, _dossier, target = now_in_force
    for who in ("handler", "clerk", "lan"):
        assert browser(office, who).get(f"/lam-viec/chuyen-ban/{MARITAL}/").status_code == 403
    actor, costs = office.actor("leader"), []
    for _ in range(3):  # the first look reads sheets and calendars
        with CaptureQueriesContext(connection) as captured:
            listed = queries.prospects(queries.behind(actor, MARITAL, target), target, timezone.now())
        costs.append((len(listed), len(captured)))
        old = Dossier.objects.exclude(version_id=target.version_id).values_list("version_id", flat=True)[0]
        more = office.accepted(at=timezone.now())
        Dossier.objects.filter(pk=more.pk).update(version_id=old)
    assert [one[0] for one in costs] == [1, 2, 3]
    assert costs[1][1] == costs[2][1]
