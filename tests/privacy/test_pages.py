"""Pages about personal data: for people about their own, for the officer and the approver about the province's."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from tests.privacy.office import START, Privacy

from tinhso.kernel.cases.models import Case
from tinhso.kernel.people.models import Account
from tinhso.kernel.testing.browsing import signed_in
from tinhso.kernel.testing.jobs import run_jobs
from tinhso.modules.privacy.actions import requesting, schedules
from tinhso.modules.privacy.models import Disposal, Export, Hold, Request, ScheduleVersion

pytestmark = pytest.mark.django_db
MINE = "/tai-khoan/du-lieu/"
DESK = "/lam-viec/thoi-han-luu/"
REQUESTS = "/lam-viec/du-lieu-ca-nhan/"


def browser(privacy: Privacy, who: str, *, is_proven: bool = True) -> Client:
    return signed_in(privacy.accounts[who], is_fresh=is_proven)


def text(answer: Any) -> str:
    return answer.content.decode()


def test_my_page_tells_what_is_held_why_and_how_long(privacy: Privacy):
    privacy.office.draft()
    page = text(browser(privacy, "lan").get(MINE))
    assert "Bản nháp chưa nộp" in page
    assert "Giữ 6 tháng từ lần lưu cuối" in page
    assert "/tai-khoan/ai-da-xem/" in page


def test_officials_have_no_such_page(privacy: Privacy):
    assert browser(privacy, "clerk").get(MINE).status_code == 403


def test_asking_shows_what_is_wrong_and_keeps_what_was_typed(privacy: Privacy):
    lan = browser(privacy, "lan")
    answer = lan.post(f"{MINE}yeu-cau/", {"sort": "erase", "text": "Xóa giúp tôi bản nháp."})
    assert answer.status_code == 422
    assert "Xóa giúp tôi bản nháp." in text(answer)
    sent = lan.post(
        f"{MINE}yeu-cau/", {"sort": "erase", "text": "Xóa giúp tôi bản nháp.", "chosen": ["dossiers.drafts"]}
    )
    request = Request.objects.select_related("case").get()
    assert sent["Location"] == f"{MINE}yeu-cau/{request.case.number}/"
    assert "Rút yêu cầu" in text(lan.get(sent["Location"]))
    assert browser(privacy, "minh").get(sent["Location"]).status_code == 404


def test_the_officer_answers_from_the_inbox(privacy: Privacy):
    request = requesting.ask(sort="correct", text="Sửa tên đường giúp tôi.", by=privacy.actor("lan"), at=timezone.now())
    officer = browser(privacy, "officer")
    assert request.case.number in text(officer.get(REQUESTS))
    assert request.case.title in text(officer.get("/lam-viec/?danh-sach=don-vi"))
    page = f"{REQUESTS}yeu-cau/{request.case.number}/"
    assert officer.post(f"{page}tiep-nhan/").status_code == 302
    wrong = officer.post(f"{page}thuc-hien/", {"answer": "Rồi"})
    assert (wrong.status_code, Request.objects.get().answer) == (422, "")
    assert officer.post(f"{page}thuc-hien/", {"answer": "Đã sửa tên đường."}).status_code == 302
    assert "Đã sửa tên đường." in text(browser(privacy, "lan").get(f"{MINE}yeu-cau/{request.case.number}/"))


@pytest.mark.parametrize("page", [DESK, f"{DESK}quy-dinh/", REQUESTS, f"{REQUESTS}giu-nguyen/"])
def test_a_clerk_sees_none_of_it(privacy: Privacy, page):
    assert browser(privacy, "clerk").get(page).status_code == 403


def test_a_download_is_made_and_taken_only_after_a_fresh_proof(privacy: Privacy):
    old = browser(privacy, "lan", is_proven=False)
    assert "/tai-khoan/xac-nhan/" in old.post(f"{MINE}ban-tai/")["Location"]
    assert not Export.objects.exists()
    lan = browser(privacy, "lan")
    assert lan.post(f"{MINE}ban-tai/")["Location"] == MINE
    run_jobs()
    made = Export.objects.get()
    assert "Tải về" in text(lan.get(MINE))
    taken = lan.post(f"{MINE}ban-tai/{made.token}/")
    assert (taken["Content-Type"], taken["Cache-Control"]) == ("application/zip", "no-store")
    assert b"".join(taken).startswith(b"PK")
    assert browser(privacy, "minh").post(f"{MINE}ban-tai/{made.token}/").status_code == 404
    assert old.post(f"{MINE}ban-tai/{made.token}/").status_code == 302


def test_a_closed_account_is_signed_out_and_opens_no_more(privacy: Privacy):
    minh = browser(privacy, "minh")
    assert "Đóng tài khoản của tôi" in text(minh.get("/tai-khoan/dong/"))
    assert minh.post("/tai-khoan/dong/xac-nhan/")["Location"] == "/"
    assert not Account.objects.get(username="minh").is_active
    assert minh.get(MINE).status_code == 302


def test_two_people_end_what_is_due_and_the_record_is_a_pdf(privacy: Privacy):
    old = privacy.closed()
    Case.objects.filter(pk=old.pk).update(settled_at=timezone.now() - timedelta(days=366 * 21))
    officer, approver = browser(privacy, "officer"), browser(privacy, "approver")
    assert "Hồ sơ đã kết thúc" in text(officer.get(DESK))
    page = officer.post(f"{DESK}de-nghi/")["Location"]
    assert "một người khác phải duyệt" in text(officer.get(page))
    assert officer.post(f"{page}duyet/").status_code == 403
    assert Disposal.objects.get().state == "proposed"
    assert approver.get(f"{page}bien-ban/").status_code == 404
    assert "/tai-khoan/xac-nhan/" in browser(privacy, "approver", is_proven=False).post(f"{page}duyet/")["Location"]
    assert approver.post(f"{page}duyet/")["Location"] == page
    run_jobs()
    assert Disposal.objects.get().state == "done"
    record = approver.get(f"{page}bien-ban/")
    assert record.content.startswith(b"%PDF")
    assert "Đã hủy xong" in text(approver.get(page))


def test_nothing_due_is_said_on_the_page(privacy: Privacy):
    answer = browser(privacy, "officer").post(f"{DESK}de-nghi/")
    assert answer.status_code == 422
    assert "Chưa có gì đến hạn hủy" in text(answer)


def test_the_schedule_is_edited_by_one_and_published_by_another(privacy: Privacy):
    officer, second = browser(privacy, "officer"), browser(privacy, "second")
    content = schedules.in_force(timezone.now())[0].content
    form = {"legal_source": "QĐ 5/QĐ-UBND"}
    for one in content["rules"]:
        code = one["code"]
        form |= {f"{code}-amount": str(one["keep"]["amount"]), f"{code}-unit": one["keep"]["unit"]}
        form |= {f"{code}-fate": one["fate"], f"{code}-source": one["source"]}
    assert officer.post(f"{DESK}quy-dinh/", form | {"notices-amount": "x"}).status_code == 422
    assert officer.post(f"{DESK}quy-dinh/", form | {"notices-amount": "3"}).status_code == 302
    day = {"valid_from": f"{timezone.localdate():%d/%m/%Y}"}
    assert officer.post(f"{DESK}quy-dinh/cong-bo/", day).status_code == 422
    assert second.post(f"{DESK}quy-dinh/cong-bo/", {"valid_from": "1"}).status_code == 422
    assert second.post(f"{DESK}quy-dinh/cong-bo/", day).status_code == 302
    assert ScheduleVersion.objects.get(number=2).state == "published"


def test_what_is_held_is_listed_and_lifted(privacy: Privacy):
    number = privacy.closed(START).case.number
    officer = browser(privacy, "officer")
    page = f"{REQUESTS}giu-nguyen/"
    assert officer.post(page, {"number": "H9", "source": "Công văn 12"}).status_code == 422
    assert officer.post(page, {"number": number, "source": "Công văn 12"}).status_code == 302
    assert number in text(officer.get(page))
    assert officer.post(f"{page}{Hold.objects.get().pk}/thoi/").status_code == 302
    assert Hold.objects.get().lifted_at is not None
