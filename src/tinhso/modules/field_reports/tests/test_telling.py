"""Who hears of what: senders under their own code, followers, units, leaders up the ladder; each once."""

from datetime import timedelta

import pytest

from tinhso.kernel.cases.models import Case
from tinhso.kernel.journal.models import Entry
from tinhso.kernel.notices.models import Notice
from tinhso.kernel.testing import people
from tinhso.kernel.testing.jobs import run_jobs
from tinhso.modules.field_reports.actions import filing, handling, phones, senders, triage
from tinhso.modules.field_reports.jobs.watching import warn
from tinhso.modules.field_reports.models import PhoneCode, Report
from tinhso.modules.field_reports.queries import pages
from tinhso.modules.field_reports.tests.factories import (
    DONE,
    MONDAY,
    PHONE,
    accepted,
    act,
    answered,
    filed,
    picture,
)

DAY = timedelta(days=1)


@pytest.fixture
def texts(settings, tmp_path):
    settings.SMS_GATEWAY, settings.HOME = "file", tmp_path

    def sent():
        run_jobs()
        return (
            sorted(one.read_text() for one in (tmp_path / "sms").glob("*.txt")) if (tmp_path / "sms").exists() else []
        )

    return sent


def told(account):
    return list(Notice.objects.filter(account=account).order_by("pk").values_list("kind", flat=True))


def test_the_sender_hears_in_the_app_and_the_units_officials_at_their_desk(world):
    report = accepted(world, sender=filing.Sender(account_id=world.lan.pk))
    run_jobs()
    run_jobs()
    assert told(world.lan) == ["field_report.file", "field_report.accept", "field_report.route"]
    assert told(world.handler) == ["field_report.work"]
    assert told(world.outsider) == []
    first = Notice.objects.filter(account=world.lan).order_by("pk")[0]
    assert first.title == f"Phản ánh {report.case.number} đã được tiếp nhận"


def test_without_an_account_a_text_tells_the_outcome(world, texts):
    report = answered(world)
    handling.approve(report_id=report.pk, by=act(world.leader), at=MONDAY)
    sent = texts()
    assert len(sent) == 2
    assert sent[0].startswith(f"{PHONE}\n")
    assert f"Phan anh {report.case.number} da co ket qua." in "".join(sent)


def test_merged_senders_and_followers_hear_of_the_outcome_once_under_their_own_code(world):
    minh, hoa = people.citizen("minh"), people.citizen("hoa")
    parent = accepted(world, sender=filing.Sender(account_id=world.lan.pk))
    child = filed(world, sender=filing.Sender(account_id=minh.pk))
    senders.follow(report_id=parent.pk, by=act(hoa), at=MONDAY)
    senders.follow(report_id=parent.pk, by=act(world.lan), at=MONDAY)
    run_jobs()
    triage.merge(report_id=child.pk, into=parent.case.number, by=act(world.operator), at=MONDAY)
    handling.answer(report_id=parent.pk, text=DONE, photos=[picture(1, world.centre)], by=act(world.handler), at=MONDAY)
    handling.approve(report_id=parent.pk, by=act(world.leader), at=MONDAY)
    run_jobs()
    done = dict(Notice.objects.filter(kind="field_report.done").values_list("account__username", "title"))
    assert done == {
        "lan": f"Phản ánh {parent.case.number} đã có kết quả",
        "minh": f"Phản ánh {child.case.number} đã có kết quả",
        "hoa": f"Phản ánh {parent.case.number} đã có kết quả",
    }
    assert told(minh) == ["field_report.file", "field_report.merge", "field_report.done"]


def test_leaders_hear_of_lateness_rung_by_rung_and_each_rung_once(world):
    above = people.official("tren", world.here.root, "field_reports.leader")
    report = accepted(world)
    run_jobs()
    Notice.objects.all().delete()
    due = Case.objects.get(pk=report.pk).due_at
    assert warn(MONDAY) == 0
    assert (warn(due - timedelta(hours=4)), warn(due - timedelta(hours=3))) == (1, 0)
    assert (told(world.leader), told(world.operator)) == (["field_report.late"], [])
    assert (warn(due + timedelta(minutes=1)), warn(due + timedelta(minutes=2))) == (1, 0)
    assert (len(told(world.leader)), len(told(world.operator)), told(above)) == (2, 1, [])
    assert warn(due + timedelta(hours=25)) == 1
    assert (len(told(world.leader)), told(above)) == (3, ["field_report.late"])
    assert Entry.objects.filter(case_id=report.pk, verb="field_report.escalate").count() == 3


def test_what_the_desk_does_not_look_at_in_time_is_told_too(world):
    filed(world)
    assert warn(MONDAY + 2 * DAY) == 1
    assert Notice.objects.get(account=world.operator).title.startswith("Quá giờ tiếp nhận")
    assert warn(MONDAY + 2 * DAY) == 0


def test_what_waits_for_the_sender_is_not_late(world):
    report = accepted(world)
    triage.ask(report_id=report.pk, question="Ở cổng nào của chợ?", by=act(world.handler), at=MONDAY)
    assert warn(MONDAY + 20 * DAY) == 0


def test_a_code_proves_a_telephone_once_and_not_after_five_wrong_tries(world, texts):
    report = filed(world)
    made = phones.send_code(phone=PHONE, at=MONDAY)
    code = next(text for text in texts() if "ma xac nhan" in text).splitlines()[1][:6]
    wrong = "000000" if code != "000000" else "111111"
    for _try in range(2):
        with pytest.raises(phones.Refusal) as refused:
            phones.prove_report(report_id=report.pk, token=made.token, code=wrong, at=MONDAY)
        assert refused.value.code == "field_reports.code"
    assert PhoneCode.objects.get().tries == 2
    assert Report.objects.get().phone_proved_at is None
    phones.prove_report(report_id=report.pk, token=made.token, code=code, at=MONDAY)
    assert Report.objects.get().phone_proved_at == MONDAY
    other = phones.send_code(phone=PHONE, at=MONDAY)
    for _try in range(5):
        with pytest.raises(phones.Refusal):
            phones.prove(token=other.token, code="abc", at=MONDAY)
    with pytest.raises(phones.Refusal, match="quá nhiều lần"):
        phones.prove(token=other.token, code="abc", at=MONDAY)
    with pytest.raises(phones.Refusal, match="hết hạn"):
        phones.prove(token=made.token, code=code, at=MONDAY + DAY)
    assert phones.forget(before=MONDAY + DAY) == 2


def test_danger_wakes_the_unit_s_leaders_too(world):
    filed(world, category="CS03", text="Cây đổ đè dây điện, chặn đường.")
    run_jobs()
    assert told(world.leader) == ["field_report.danger"]
    assert told(world.handler) == ["field_report.danger"]


def test_who_was_merged_is_asked_nothing_reads_no_question_to_another_and_may_reopen_a_refusal(world):
    own = people.citizen("minh")
    parent = accepted(world, sender=filing.Sender(account_id=world.lan.pk, name="Nguyễn Thị Lan"))
    child = filed(world, sender=filing.Sender(account_id=own.pk))
    triage.merge(report_id=child.pk, into=parent.case.number, by=act(world.operator), at=MONDAY)
    triage.ask(report_id=parent.pk, question="Chị Lan còn ở số nhà cũ không?", by=act(world.handler), at=MONDAY)
    run_jobs()
    assert told(world.lan)[-1] == "field_report.ask"
    assert "field_report.merge" in told(own)
    assert "field_report.ask" not in told(own)
    page = pages.followed(Report.objects.select_related("case", "parent__case").get(pk=child.pk), MONDAY)
    said = " ".join(step["title"] for step in page.steps)
    assert (f"Gộp vào phản ánh {parent.case.number}" in said, "số nhà" in said) == (True, False)
    explanation = "Đường này đang thi công, đã có lịch làm lại."
    triage.reject(report_id=parent.pk, reason="private", explanation=explanation, by=act(world.operator), at=MONDAY)
    page = pages.followed(Report.objects.select_related("case", "parent__case").get(pk=child.pk), MONDAY)
    assert (page.can_reopen, page.refusal) == (True, "Tranh chấp dân sự, nợ, gia đình")
    senders.reopen(report_id=child.pk, reason="Không phải tranh chấp của ai.", by=act(own), at=MONDAY)
    assert Case.objects.get(pk=parent.pk).state == "reopened"


def test_the_outcome_is_told_without_the_sender_s_name(world):
    parent = accepted(world, sender=filing.Sender(name="Nguyễn Thị Lan"))
    senders.follow(report_id=parent.pk, by=act(world.lan), at=MONDAY)
    said = {"text": "Cảm ơn chị Nguyễn Thị Lan, đã vá xong.", "photos": [picture(3, world.centre)]}
    handling.answer(report_id=parent.pk, **said, by=act(world.handler), at=MONDAY)
    handling.approve(report_id=parent.pk, by=act(world.leader), at=MONDAY)
    run_jobs()
    done = Notice.objects.get(account=world.lan, kind="field_report.done")
    assert ("Nguyễn Thị Lan" in done.body, "đã vá xong" in done.body) == (False, True)
