"""Bad days, played with a portal in its own process: doubles, disorder, outage, nonsense, lost answers, slowness."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from tests.national_portal.factories import (
    CODE,
    PDF,
    arrive,
    in_base64,
    message,
    settle,
    the_dossier,
    timezone,
)
from tests.national_portal.simulated import Simulated

from tinhso.kernel.facts.models import Fact
from tinhso.kernel.testing.jobs import run_jobs
from tinhso.modules.dossiers import actions
from tinhso.modules.dossiers.models import Dossier
from tinhso.modules.dossiers.tests.factories import Office, state
from tinhso.modules.national_portal import jobs
from tinhso.modules.national_portal.actions import outgoing
from tinhso.modules.national_portal.jobs.comparing import compare_with, read_catalogue
from tinhso.modules.national_portal.jobs.receiving import bring, fetch, work_off
from tinhso.modules.national_portal.jobs.sending import drain
from tinhso.modules.national_portal.jobs.wire import Line, NoAnswer
from tinhso.modules.national_portal.models import (
    CatalogueNotice,
    Incoming,
    IncomingFile,
    Link,
    Outgoing,
)
from tinhso.modules.national_portal.queries.deployment import deployment

pytestmark = [pytest.mark.django_db, pytest.mark.slow, pytest.mark.bad_day]
PREFIX = CODE.rpartition("-")[0]


def codes(number: int) -> list[str]:
    return [f"{PREFIX}-{one:04d}" for one in range(1, number + 1)]


def later(**span: float) -> None:
    """Time passes: what waits comes so much nearer."""
    Outgoing.objects.update(next_at=timezone.now() - timedelta(**span))
    Link.objects.update(rests_until=None)


def test_doubled_and_shuffled_deliveries_give_one_dossier_each(office: Office, portal: Simulated) -> None:
    new = [message(office, code, TaiLieuNop=[]) for code in codes(12)]
    gone = [message(office, code, TrangThaiHoSo="7", GhiChu="Không cần nữa") for code in codes(4)]
    portal.steer(deliver=new + gone, duplicate=True, shuffle=7)
    arrive()
    Incoming.objects.update(next_at=timezone.now())
    work_off()
    assert Dossier.objects.count() == 12
    assert sorted(Dossier.objects.filter(outcome="withdrawn").values_list("case__number", flat=True)) == codes(4)
    assert dict(Incoming.objects.values_list("key", "state")) == dict.fromkeys(codes(12), "done")
    assert sum(Incoming.objects.values_list("times", flat=True)) == 32 - 16  # doubles on one page are one


def test_hours_of_outage_lose_nothing_and_drain_in_order(office: Office, portal: Simulated) -> None:
    dossiers = [office.filed() for _ in range(8)]
    portal.steer(mode="refusing")
    run_jobs()
    jobs.send(0)
    for _ in range(6):  # minutes and hours pass; each job gives up at once
        later(minutes=1)
        jobs.send(0)
    asked = portal.told()["asked"].get("dang-nhap", 0)
    assert asked == 11  # five until the circuit opens, then one a visit
    assert (Outgoing.objects.waiting().count(), Outgoing.objects.dead().count()) == (8, 0)
    assert Link.objects.get().failures == 11
    jobs.send(0)  # resting: nobody asks
    assert portal.told()["asked"]["dang-nhap"] == asked
    for one in dossiers[:2]:
        actions.accept(dossier_id=one.pk, by=office.actor("clerk"), at=timezone.now())
    run_jobs()
    portal.steer(mode="ok")
    later(hours=1)
    drain(deployment())
    told = portal.told()["dossiers"]
    assert list(told) == [one.case.number for one in dossiers]
    assert [told[one.case.number]["statuses"] for one in dossiers] == [["2"], ["2"]] + [["1"]] * 6
    assert set(Outgoing.objects.values_list("state", flat=True)) == {"sent"}
    assert Link.objects.get().failures == 0
    run_jobs()
    assert Fact.objects.filter(name="national_portal.synced").count() == 8


@pytest.mark.parametrize("mode", ["html", "truncated", "no_code", "lost_answer", "unavailable"])
def test_answers_that_make_no_sense_count_as_none(office: Office, portal: Simulated, mode: str) -> None:
    dossier = office.filed()
    portal.steer(mode=mode, only=["dong-bo-ho-so"])
    run_jobs()
    drain(deployment())
    row = Outgoing.objects.get()
    assert (row.state, row.error_code, row.acknowledged_version, row.strikes) == ("waiting", "no_answer", 0, 0)
    assert row.payload["HoSo"]["MaHoSo"] == dossier.case.number  # type: ignore[index]
    portal.steer(mode="ok")
    later(seconds=1)
    drain(deployment())
    assert (Outgoing.objects.get().state, Outgoing.objects.get().error) == ("sent", "")
    known = portal.dossier(dossier.case.number)
    assert (known["dossier"]["TrangThaiHoSo"], known["late"]) == ("1", 0)
    assert known["times"] == (1 if mode == "unavailable" else 2)  # done twice, taken once: by its code


def test_a_portal_that_trickles_is_left_in_time(office: Office, portal: Simulated, settings: Any) -> None:
    settings.NATIONAL_PORTAL = {**settings.NATIONAL_PORTAL, "seconds": 0.3}
    office.filed()
    portal.steer(mode="trickle", seconds=5, only=["dong-bo-ho-so"])
    run_jobs()
    drain(deployment(), seconds=0.5)
    assert Outgoing.objects.get().error in ("Cổng trả lời quá chậm.", "Cổng không trả lời trong 0.3 giây.")
    portal.steer(mode="slow", seconds=1)
    later(seconds=1)
    drain(deployment(), seconds=0.5)
    assert Outgoing.objects.get().error == "Cổng không trả lời trong 0.3 giây."


def test_a_refused_dossier_becomes_a_dead_letter_and_holds_up_nobody(office: Office, portal: Simulated) -> None:
    bad, good = office.filed(), office.filed()
    portal.steer(refuse={bad.case.number: "Sai mã lĩnh vực"})
    run_jobs()
    for _ in range(6):
        drain(deployment())
        later(hours=1)
    rows = {row.pk: row for row in Outgoing.objects.all()}
    assert (rows[bad.pk].state, rows[bad.pk].error_code, rows[bad.pk].error) == ("dead", "12", "Sai mã lĩnh vực")
    assert rows[good.pk].state == "sent"
    portal.steer(refuse={})
    actions.accept(dossier_id=bad.pk, by=office.actor("clerk"), at=timezone.now())
    settle()
    assert portal.dossier(bad.case.number)["statuses"] == ["2"]


def test_an_ended_session_is_renewed_without_a_word(office: Office, portal: Simulated) -> None:
    first = office.filed()
    settle()
    portal.steer(end_sessions=True)
    second = office.filed()
    run_jobs()
    assert set(portal.told()["dossiers"]) == {first.case.number, second.case.number}
    assert Link.objects.get().failures == 0


def test_an_older_picture_that_comes_late_does_not_win(office: Office, portal: Simulated) -> None:
    dossier = office.filed()
    settle()
    actions.accept(dossier_id=dossier.pk, by=office.actor("clerk"), at=timezone.now())
    settle()
    stale = {"MaDonVi": "H53", "PhienBan": 1, "HoSo": {"MaHoSo": dossier.case.number, "TrangThaiHoSo": "1"}}
    with Line(deployment()) as line:
        line.ask("dossier", stale)
    known = portal.dossier(dossier.case.number)
    assert (known["dossier"]["TrangThaiHoSo"], known["late"]) == ("2", 1)


def test_what_changes_nothing_in_the_picture_is_not_sent(office: Office, portal: Simulated) -> None:
    dossier = office.at_work()
    settle()
    before = portal.told()["asked"]
    actions.note(dossier_id=dossier.pk, text="Gọi hỏi lại.", by=office.actor("handler"), at=timezone.now())
    settle()
    assert portal.told()["asked"] == before
    assert Outgoing.objects.get().state == "sent"


@pytest.mark.parametrize("mode", ["html", "truncated", "no_code", "wrong_code", "refusing"])
def test_pulling_from_a_portal_that_breaks_keeps_what_came_and_confirms_nothing_else(
    office: Office, portal: Simulated, mode: str
) -> None:
    portal.steer(deliver=[message(office)], mode=mode, only=["ho-so-cho-nhan"])
    jobs.pull(0)
    assert (Incoming.objects.count(), Link.objects.get().failures) == (0, 1)
    portal.steer(mode="lost_answer", only=["xac-nhan-nhan"])
    jobs.pull(0)
    assert Incoming.objects.count() == 1
    portal.steer(mode="ok", deliver=[message(office)])
    jobs.pull(0)
    run_jobs()
    assert (Incoming.objects.get().state, Dossier.objects.count(), portal.told()["pending"]) == ("done", 1, 0)


def test_files_that_fail_or_lie_leave_the_dossier_at_work(office: Office, portal: Simulated) -> None:
    papers = [
        {"TenTepDinhKem": f"{name}.pdf", "MaThanhPhanHoSo": name, "DuongDanTaiTepTin": address}
        for name, address in (
            ("that", "tep/that"), ("gia", "tep/gia"), ("mat", "tep/mat"), ("ngoai", "http://127.0.0.1:9/tep"),
        )
    ]  # fmt: skip
    portal.steer(
        deliver=[message(office, TaiLieuNop=papers)],
        files={"that": in_base64(PDF), "gia": in_base64(b"MZ\x90 chuong trinh")},
    )
    arrive()
    assert state(the_dossier()) == "filed"
    assert dict(IncomingFile.objects.values_list("name", "state")) == {
        "that.pdf": "done", "gia.pdf": "failed", "mat.pdf": "waiting", "ngoai.pdf": "failed",
    }  # fmt: skip
    assert "không thuộc máy chủ của Cổng" in IncomingFile.objects.get(name="ngoai.pdf").error
    portal.steer(files={"mat": in_base64(PDF)})
    IncomingFile.objects.update(next_at=timezone.now())
    assert fetch(deployment()) == 1
    assert the_dossier().parts.exclude(attachment=None).count() == 2


def test_both_sides_are_compared_and_what_is_missing_there_is_sent_again(office: Office, portal: Simulated) -> None:
    lost, changed, fine = office.filed(), office.filed(), office.filed()
    settle()
    portal.steer(forget=[lost.case.number])
    assert compare_with(deployment()).differing == 1
    run_jobs()
    drain(deployment())
    assert lost.case.number in portal.told()["dossiers"]
    actions.accept(dossier_id=changed.pk, by=office.actor("clerk"), at=timezone.now())
    Outgoing.objects.filter(pk=changed.pk).update(state="sent")
    made = compare_with(deployment())
    assert [(one.code, one.ours, one.theirs) for one in made.rows.all()] == [(changed.case.number, 2, 1)]
    settle()
    assert compare_with(deployment()).differing == 0
    assert portal.dossier(fine.case.number)["times"] == 1
    portal.steer(mode="html")
    assert compare_with(deployment()).error.startswith("Câu trả lời của Cổng không phải JSON")


def test_the_catalogue_is_looked_at_and_an_empty_one_changes_nothing(office: Office, portal: Simulated) -> None:
    read_catalogue(deployment())
    assert CatalogueNotice.objects.count() == 0
    portal.steer(catalogue=[{"MaTTHC": "9.000001", "TenTTHC": "Thủ tục mới", "TenLinhVuc": "Hộ tịch"}])
    read_catalogue(deployment())
    assert set(CatalogueNotice.objects.values_list("what", flat=True)) == {"new", "abolished"}
    portal.steer(mode="unavailable")
    with pytest.raises(NoAnswer):
        read_catalogue(deployment())
    jobs.look_at_catalogue(0)
    assert Link.objects.get().error == "Cổng trả lời HTTP 503."


def test_a_link_that_is_off_costs_and_does_nothing(office: Office, settings: Any) -> None:
    settings.NATIONAL_PORTAL = {**settings.NATIONAL_PORTAL, "url": ""}
    office.filed()
    run_jobs()
    for job in (jobs.send, jobs.pull, jobs.receive, jobs.fetch_files, jobs.compare, jobs.look_at_catalogue):
        job(0)
    assert (Outgoing.objects.count(), Link.objects.count()) == (0, 0)
    outgoing.mark_missing(timezone.now())
    assert Outgoing.objects.count() == 1


def test_a_wrong_password_is_a_failure_of_the_link_not_of_dossiers(
    office: Office, portal: Simulated, settings: Any
) -> None:
    settings.NATIONAL_PORTAL = {**settings.NATIONAL_PORTAL, "password": "sai"}
    office.filed()
    run_jobs()
    drain(deployment())
    assert Link.objects.get().error == "Cổng từ chối đăng nhập: Sai tài khoản hoặc mật khẩu"
    assert Outgoing.objects.get().strikes == 0
    with pytest.raises(NoAnswer):
        bring(deployment())
