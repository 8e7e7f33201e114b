"""Breaches of personal data: entered, told to the authority within 72 hours and to the people, and closed."""

from __future__ import annotations

import subprocess
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from tests.privacy.office import START, Privacy, damage
from tests.privacy.test_pages import browser, text

from tinhso.kernel.cases.models import Case
from tinhso.kernel.errors import NotAllowed, Refusal
from tinhso.kernel.notices.models import Notice
from tinhso.kernel.testing.jobs import run_jobs
from tinhso.modules.privacy import jobs
from tinhso.modules.privacy.actions import breaches, disposing
from tinhso.modules.privacy.models import Affected, Breach, Telling
from tinhso.modules.privacy.queries.breaches import sheets

pytestmark = pytest.mark.django_db
PAGE = "/lam-viec/du-lieu-ca-nhan/vi-pham/"
NOTICED = START - timedelta(hours=5)
WHAT = "Một tệp danh sách người nộp hồ sơ bị gửi nhầm ra ngoài."


def noticed(privacy: Privacy, who: str = "officer", **more: Any) -> Breach:
    said = {"title": "Gửi nhầm danh sách", "what": WHAT, "kinds": ["identity"], "noticed_at": NOTICED, **more}
    return breaches.notice(by=privacy.actor(who), at=START, **said)


def report(privacy: Privacy, case_id: int, told_at: Any, at: Any = None) -> Telling:
    return breaches.report(
        case_id=case_id, name="", document="Công văn 5/UBND", told_at=told_at, by=privacy.actor("officer"),
        at=at or told_at,
    )  # fmt: skip


def sheet(case_id: int, at: Any) -> Any:
    return sheets(Breach.objects.filter(pk=case_id), at)[0]


def test_the_72_hours_run_on_the_clock_from_when_it_was_noticed(privacy: Privacy):
    made = noticed(privacy)
    assert made.case.due_at == NOTICED + timedelta(hours=72)
    assert made.case.number == "VP-26-0001"
    assert not sheet(made.pk, NOTICED + timedelta(hours=72)).is_late
    assert sheet(made.pk, NOTICED + timedelta(hours=72, seconds=1)).is_late


def test_told_in_time_is_not_late_though_it_is_entered_later(privacy: Privacy):
    made = noticed(privacy)
    late = NOTICED + timedelta(hours=80)
    report(privacy, made.pk, NOTICED + timedelta(hours=71), at=late)
    found = sheet(made.pk, late)
    assert (found.is_late, found.breach.case.state, found.authority.document) == (False, "reported", "Công văn 5/UBND")


def test_told_too_late_stays_marked(privacy: Privacy):
    made = noticed(privacy)
    report(privacy, made.pk, NOTICED + timedelta(hours=73))
    breaches.close(
        case_id=made.pk, reason="Đã thu hồi danh sách.", by=privacy.actor("officer"), at=NOTICED + timedelta(hours=90)
    )
    assert sheet(made.pk, NOTICED + timedelta(days=30)).is_late


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"title": "Lộ"}, "privacy.breach_title"),
        ({"what": "Lộ"}, "privacy.breach_what"),
        ({"kinds": []}, "privacy.breach_kinds"),
        ({"noticed_at": START + timedelta(minutes=1)}, "privacy.breach_time"),
        ({"happened_at": NOTICED + timedelta(minutes=1)}, "privacy.breach_time"),
    ],
)
def test_what_is_not_said_or_cannot_be_is_refused(privacy: Privacy, change, code):
    with pytest.raises(Refusal) as refused:
        noticed(privacy, **change)
    assert (refused.value.code, Breach.objects.count(), Case.objects.filter(kind="data_breach").count()) == (code, 0, 0)


@pytest.mark.parametrize("who", ["clerk", "approver", "lan"])
def test_only_the_officer_writes_in_the_register(privacy: Privacy, who):
    with pytest.raises(NotAllowed):
        noticed(privacy, who=who)
    made = noticed(privacy)
    with pytest.raises(NotAllowed):
        breaches.dismiss(case_id=made.pk, reason="Không phải vi phạm.", by=privacy.actor(who), at=START)
    assert Case.objects.get(pk=made.pk).state == "noticed"


def test_the_authority_is_told_once_and_not_before_it_was_noticed(privacy: Privacy):
    made = noticed(privacy)
    with pytest.raises(Refusal) as early:
        report(privacy, made.pk, NOTICED - timedelta(minutes=1), at=START)
    report(privacy, made.pk, START)
    with pytest.raises(Refusal) as twice:
        report(privacy, made.pk, START)
    assert (early.value.code, twice.value.code) == ("privacy.breach_told_at", "privacy.breach_reported")
    assert Telling.objects.count() == 1


def test_people_are_told_once_each_and_it_ends_only_then_where_whereabouts_are_touched(privacy: Privacy):
    dossier = privacy.office.filed()
    made = noticed(privacy, kinds=["location", "identity"])
    officer = privacy.actor("officer")
    report(privacy, made.pk, START)
    with pytest.raises(Refusal) as refused:
        breaches.close(case_id=made.pk, reason="Đã khắc phục xong.", by=officer, at=START)
    assert (refused.value.code, Case.objects.get(pk=made.pk).state) == ("privacy.breach_untold", "reported")
    who = [dossier.case.number, " 079190012346 "]  # the dossier is hers: one line
    assert breaches.affect(case_id=made.pk, numbers=who, by=officer, at=START) == 1
    for _twice in range(2):
        entry_at = START
        breaches.tell(
            case_id=made.pk, whom="people", name="", document="Trên nền tảng", told_at=entry_at, by=officer, at=START
        )
        run_jobs()
    told = Notice.objects.get(account=privacy.accounts["lan"], kind="privacy.breach")
    assert "Vị trí của cá nhân" in told.body
    assert Affected.objects.get().told_at is not None
    assert sheet(made.pk, START).are_people_late is False
    breaches.close(case_id=made.pk, reason="Đã khắc phục xong.", by=officer, at=START)
    assert damage() == []


def test_a_number_nobody_bears_enters_nobody(privacy: Privacy):
    made = noticed(privacy)
    with pytest.raises(Refusal) as refused:
        breaches.affect(
            case_id=made.pk, numbers=["079190012346", "000000000000"], by=privacy.actor("officer"), at=START
        )
    assert (refused.value.code, Affected.objects.count()) == ("privacy.breach_unknown", 0)


def test_telling_others_sends_the_people_nothing(privacy: Privacy):
    made = noticed(privacy)
    officer = privacy.actor("officer")
    breaches.affect(case_id=made.pk, numbers=["079190012346"], by=officer, at=START)
    breaches.tell(case_id=made.pk, whom="superior", name="", document="CV 6", told_at=START, by=officer, at=START)
    run_jobs()
    assert not Notice.objects.filter(kind=jobs.BREACH_MESSAGE.kind).exists()


def test_after_five_years_it_is_only_a_line_of_the_register(privacy: Privacy):
    made = noticed(privacy)
    breaches.affect(case_id=made.pk, numbers=["079190012346"], by=privacy.actor("officer"), at=START)
    breaches.dismiss(case_id=made.pk, reason="Tệp không có dữ liệu.", by=privacy.actor("officer"), at=START)
    later = START + timedelta(days=366 * 5 + 1)
    privacy.ended(privacy.disposal(later), later)
    found = Breach.objects.get()
    assert (found.what, Affected.objects.count(), found.forgotten_at) == ("", 0, later)
    with pytest.raises(Refusal):
        disposing.propose(by=privacy.actor("officer"), at=later)
    assert damage() == []


def test_the_officer_enters_one_on_the_page_and_takes_the_form(privacy: Privacy):
    officer, now = browser(privacy, "officer"), timezone.localtime()
    assert "Không có vi phạm nào chờ báo" in text(officer.get(PAGE))
    said = {"title": "Gửi nhầm danh sách", "what": WHAT, "kinds": ["contact"], "people_count": "1.200"}
    wrong = officer.post(f"{PAGE}moi/", {**said, "noticed_at": "hôm qua"})
    assert (wrong.status_code, Breach.objects.count()) == (422, 0)
    assert "Gửi nhầm danh sách" in text(wrong)
    when = f"{now - timedelta(hours=100):%H:%M %d/%m/%Y}"
    page = officer.post(f"{PAGE}moi/", {**said, "noticed_at": when})["Location"]
    assert "Đã quá thời hạn báo" in text(officer.get(page))
    assert "Quá hạn báo" in text(officer.get(PAGE))
    form = officer.get(f"{page}bao-cao/").content
    printed = subprocess.run(["pdftotext", "-", "-"], input=form, capture_output=True, check=True).stdout
    words = " ".join(printed.decode().split())
    assert "Báo sau thời hạn 72 giờ." in words
    assert "1200" in words
    assert officer.post(f"{page}bao/", {"document": "CV 5", "told_at": f"{now:%H:%M %d/%m/%Y}"}).status_code == 302
    assert "Đã báo sau thời hạn" in text(officer.get(page))
    assert "Báo trễ" in text(officer.get(PAGE))


def test_the_approver_reads_and_does_not_write(privacy: Privacy):
    made = noticed(privacy)
    page = f"{PAGE}{made.case.number}/"
    second = browser(privacy, "approver")
    assert "Ghi nhận đã báo" not in text(second.get(page))
    assert second.post(f"{page}khong-phai/", {"reason": "Không phải vi phạm."}).status_code == 403
    assert browser(privacy, "clerk").get(PAGE).status_code == 403
    assert Case.objects.get(pk=made.pk).state == "noticed"
