"""What follows from entries: people are told once, electronic results handed over once, late ones noticed once."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from tinhso.kernel.cases.models import Case
from tinhso.kernel.journal.jobs import follow
from tinhso.kernel.journal.models import Entry
from tinhso.kernel.notices.models import Notice
from tinhso.kernel.testing.jobs import run_jobs
from tinhso.kernel.testing.lasting import lasting
from tinhso.modules.dossiers import actions, jobs
from tinhso.modules.dossiers.actions import issuing
from tinhso.modules.dossiers.models import Dossier
from tinhso.modules.dossiers.rules import ResultChannel
from tinhso.modules.dossiers.tests.factories import MESSAGE, Office, after, state, verbs

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def made(django_db_setup: None, django_db_blocker: Any) -> Iterator[Office]:
    with lasting(django_db_blocker):
        yield Office()


@pytest.fixture
def office(made: Office, db: None, monkeypatch: pytest.MonkeyPatch) -> Office:
    monkeypatch.setattr(issuing, "signed_result", lambda dossier, *, by, at: None)
    monkeypatch.setattr(issuing, "countersigned_result", lambda dossier, *, by, at: None)
    return made


def told(office: Office, who: str) -> list[str]:
    rows = Notice.objects.filter(account=office.accounts[who]).order_by("id")
    return list(rows.values_list("title", flat=True))


def test_the_applicant_is_told_of_each_turn(office):
    dossier = office.supplementing()
    run_jobs()
    number = dossier.case.number
    assert told(office, "lan") == [
        f"Đã nhận hồ sơ {number}", f"Đã tiếp nhận hồ sơ {number}", f"Cần bổ sung hồ sơ {number}",
    ]  # fmt: skip
    notice = Notice.objects.get(title=f"Cần bổ sung hồ sơ {number}")
    assert notice.body == f"{MESSAGE} Thời gian chờ bạn bổ sung không tính vào thời hạn."
    assert notice.url == f"/ho-so/{number}/"


def test_the_promised_moment_is_told_in_local_time(office):
    office.accepted()
    run_jobs()
    assert Notice.objects.get(kind="dossier.accept").body.endswith("Hẹn trả kết quả: 17:00 ngày 19/11/2026.")


def test_the_handler_is_told_of_an_assignment_and_an_answer_but_not_of_their_own_doing(office):
    dossier = office.accepted()
    to = office.accounts["handler"]
    actions.assign(dossier_id=dossier.pk, to=to, by=office.actor("head"), at=after(hours=1))
    run_jobs()
    assert told(office, "handler") == [f"Bạn được giao hồ sơ {dossier.case.number}"]
    assert told(office, "head") == told(office, "colleague") == []


def test_the_handler_hears_what_the_counter_took_in_and_that_the_applicant_went(office):
    dossier = office.supplementing()
    run_jobs()
    actions.supplement(dossier_id=dossier.pk, answer="Đây.", parts=[], by=office.actor("clerk"), at=after(1),
                       at_counter=True)  # fmt: skip
    actions.withdraw(dossier_id=dossier.pk, reason=MESSAGE, by=office.actor("lan"), at=after(2))
    run_jobs()
    number = dossier.case.number
    assert told(office, "handler") == [
        f"Bộ phận một cửa đã nhận bổ sung hồ sơ {number}", f"Người nộp rút hồ sơ {number}",
    ]  # fmt: skip


def test_the_applicant_hears_of_a_withdrawal_that_somebody_else_wrote_down(office):
    dossier = office.at_work()
    actions.withdraw(dossier_id=dossier.pk, reason=MESSAGE, by=office.actor("clerk"), at=after(1), at_counter=True)
    run_jobs()
    assert told(office, "lan")[-1] == f"Hồ sơ {dossier.case.number} đã rút"


def test_followed_twice_everybody_is_told_once(office):
    office.supplementing()
    run_jobs()
    before = Notice.objects.count()
    for pk in Entry.objects.values_list("pk", flat=True):
        follow(entry_id=pk)
    assert Notice.objects.count() == before


def test_what_was_said_with_braces_is_told_as_it_was_said(office):
    dossier = office.at_work()
    actions.ask_supplement(dossier_id=dossier.pk, message="Thiếu {number} và {0} trong đơn.", missing=[],
                           by=office.actor("handler"), at=after(hours=2))  # fmt: skip
    run_jobs()
    body = Notice.objects.get(kind="dossier.ask_supplement").body
    assert body.startswith("Thiếu {number} và {0} trong đơn.")


def issued(office: Office, channel: str, fee: int = 0) -> Dossier:
    dossier = office.to_sign()
    Dossier.objects.filter(pk=dossier.pk).update(result_channel=channel, fee=fee)
    actions.sign(dossier_id=dossier.pk, by=office.actor("leader"), at=after(1, 3))
    if state(dossier) == "processing":
        actions.finish(dossier_id=dossier.pk, by=office.actor("registrar"), at=after(1, 4))
    run_jobs()
    return dossier


def test_an_electronic_result_is_handed_over_by_the_system_once(office):
    dossier = issued(office, ResultChannel.ELECTRONIC)
    assert (state(dossier), verbs(dossier)[-1]) == ("returned", "return_online")
    follow(entry_id=Entry.objects.filter(case_id=dossier.pk, verb="dossier.return_online").get().pk - 1)
    assert verbs(dossier).count("return_online") == 1


@pytest.mark.parametrize(("channel", "fee"), [(ResultChannel.COUNTER, 0), (ResultChannel.ELECTRONIC, 15_000)])
def test_a_result_for_the_counter_or_with_an_unpaid_fee_waits(office, channel, fee):
    assert state(issued(office, channel, fee)) == "finished"


def at_hand(office: Office, due_at: datetime) -> Dossier:
    dossier = office.at_work()
    Case.objects.filter(pk=dossier.pk).update(due_at=due_at)
    run_jobs()
    Notice.objects.all().delete()
    return dossier


@pytest.mark.parametrize(
    ("hours", "title"),
    [(-1, "Hồ sơ {0} đã quá hạn"), (1, "Hồ sơ {0} sắp đến hạn"), (23, "Hồ sơ {0} sắp đến hạn"), (25, "")],
)
def test_the_handler_is_reminded_once_for_each_due_date(office, hours, title):
    dossier = at_hand(office, timezone.now() + timedelta(hours=hours))
    for _twice in (1, 2):
        jobs.remind(timestamp=0)
    assert told(office, "handler") == ([title.format(dossier.case.number)] if title else [])
    assert told(office, "lan") == []


def test_those_that_were_reminded_keep_nobody_from_being_reminded(office, monkeypatch):
    monkeypatch.setattr(jobs, "MOST_REMINDERS", 1)
    numbers = {at_hand(office, timezone.now() - timedelta(days=1)).case.number for _ in range(2)}
    jobs.remind(timestamp=0)
    assert Notice.objects.filter(kind="dossier.late").count() == 1
    jobs.remind(timestamp=0)
    late = Notice.objects.filter(kind="dossier.late").values_list("case__number", flat=True)
    assert set(late) == numbers


def test_a_new_due_date_reminds_anew(office):
    dossier = at_hand(office, timezone.now() + timedelta(hours=1))
    jobs.remind(timestamp=0)
    Case.objects.filter(pk=dossier.pk).update(due_at=timezone.now() + timedelta(hours=2))
    jobs.remind(timestamp=0)
    assert len(told(office, "handler")) == 2


def test_nobody_is_reminded_while_the_clock_stands_still_or_nobody_handles_it(office):
    dossier = at_hand(office, timezone.now() - timedelta(hours=1))
    Case.objects.filter(pk=dossier.pk).update(phase=2)
    jobs.remind(timestamp=0)
    Case.objects.filter(pk=dossier.pk).update(phase=1, assignee=None)
    jobs.remind(timestamp=0)
    assert not Notice.objects.exists()
