"""Pages: filing without an account, following by the secret link, the call screen, the lists, one report's page."""

import io
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from PIL import Image

from tinhso.kernel.cases.models import Case
from tinhso.kernel.clock import queries as clock
from tinhso.kernel.pictures.tests import drawn
from tinhso.kernel.testing import people
from tinhso.kernel.units import queries as units
from tinhso.modules.field_reports.actions import counting, filing, senders, triage
from tinhso.modules.field_reports.models import CategoryEdition, Rating, Report
from tinhso.modules.field_reports.queries.catalogue import catalogue_on, category_of
from tinhso.modules.field_reports.tests.factories import (
    DONE,
    MONDAY,
    PHONE,
    WORDS,
    accepted,
    act,
    approved,
    filed,
)

FILE = "/phan-anh/gui/"
FILING, OPENING = 11, 11  # statements


@pytest.fixture
def calm(monkeypatch):
    """Tree and calendars are not looked for again in the middle of a page whose statements are counted."""
    for kept in (units, clock):
        monkeypatch.setattr(kept, "LOOK_AGAIN_SECONDS", 3600.0)


def photo(name="anh.jpg", seed=0):
    out = io.BytesIO()
    Image.effect_noise((64, 48), 60 + seed).convert("RGB").save(out, "JPEG")
    return SimpleUploadedFile(name, out.getvalue(), "image/jpeg")


def said(world, **more):
    place = {
        "lat": str(world.centre.latitude),
        "lon": str(world.centre.longitude),
        "accuracy": "12",
        "source": "device",
    }
    return {"text": WORDS, "category": "GT01", "address": "Trước chợ", "phone": "0912345678", **place, **more}


def own_page(report):
    return f"/phan-anh/theo-doi/{report.case.number}/{report.case.lookup_key}/"


def test_anybody_files_with_a_photo_and_is_led_to_the_report_s_own_page(world):
    browser = Client()
    answer = browser.post(FILE, said(world, photos=[photo()]))
    report = Report.objects.select_related("case").get()
    assert (answer.status_code, answer["Location"]) == (302, own_page(report))
    assert (report.channel, report.phone, report.phone_proved_at, report.accuracy_m) == ("web", PHONE, None, 12)
    assert report.photos.count() == 1
    page = browser.get(answer["Location"])
    assert page["X-Robots-Tag"] == "noindex"
    assert report.case.number in page.content.decode()


def test_the_outbox_sends_twice_and_one_report_is_kept(world):
    browser = Client()
    sender = browser.get("/hop-gui/nguoi-gui/").json()
    headers = {"Idempotency-Key": "a" * 32, "Outbox-Account": sender["account"]}
    taken = photo().read()
    answers = [
        browser.post(FILE, said(world, photos=[SimpleUploadedFile("a.jpg", taken, "image/jpeg")]), headers=headers)
        for _twice in range(2)
    ]
    assert [one.status_code for one in answers] == [200, 200]
    assert answers[0].json() == answers[1].json() == {"url": own_page(Report.objects.select_related("case").get())}


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"text": "ổ gà"}, "Tả sự việc dài hơn"),
        ({"photos": []}, "cần ít nhất một ảnh"),
        ({"photos": [SimpleUploadedFile("a.jpg", b"<svg onload=alert(1)>", "image/jpeg")]}, "Chỉ nhận"),
        ({"lat": "21.03", "lon": "105.85", "address": ""}, "ngoài địa bàn"),
        ({"phone": "123"}, "Nhập số điện thoại"),
        ({"website": "http://spam.example"}, "Không gửi được"),
        ({"photos": [photo(seed=one) for one in range(6)]}, "tối đa 5 ảnh"),
    ],
)
def test_what_is_wrong_is_said_beside_the_form_and_nothing_is_kept(world, more, words):
    answer = Client().post(FILE, said(world, **({"photos": [photo()]} | more)))
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not Report.objects.exists()


def test_all_that_is_wrong_is_said_at_once_in_the_order_of_the_form(world):
    nowhere = {"lat": "", "lon": "", "address": "", "commune": ""}
    answer = Client().post(FILE, said(world, photos=[photo()], text="ổ gà", phone="123", **nowhere))
    assert answer.status_code == 422
    assert [field for field, _words in answer.context["errors"]] == ["place", "text", "phone"]
    assert not Report.objects.exists()


def test_who_is_elsewhere_tells_the_place_in_words(world):
    answer = Client().post(FILE, said(world, photos=[photo()], lat="21.03", lon="105.85"))
    assert answer.status_code == 302
    kept = Report.objects.get()
    assert (kept.latitude, kept.place_source, kept.address) == (None, "words", "Trước chợ")


@pytest.mark.parametrize(("latitude", "source", "commune"), [(11.3101, "photo", True), (21.03, "words", False)])
def test_where_a_photo_was_taken_is_the_place_only_within_the_province(world, latitude, source, commune):
    taken = drawn.jpeg(drawn.street(), exif=drawn.notes(latitude=latitude))
    nowhere = {"lat": "", "lon": "", "accuracy": "", "source": ""}
    pictures = [SimpleUploadedFile("anh.jpg", taken, "image/jpeg")]
    assert Client().post(FILE, said(world, photos=pictures, **nowhere)).status_code == 302
    report = Report.objects.get()
    assert (report.place_source, report.commune_id is not None, report.latitude is not None) == (
        source,
        commune,
        commune,
    )


def test_too_many_from_one_place_are_told_to_come_back(world, monkeypatch):
    monkeypatch.setattr("tinhso.modules.field_reports.portal.filing.FROM_ONE_PLACE", (1, 3600))
    browser = Client()
    assert browser.post(FILE, said(world, photos=[photo()])).status_code == 302
    assert browser.post(FILE, said(world, photos=[photo(seed=1)])).status_code == 429
    assert Report.objects.count() == 1


def test_hints_suggest_the_kind_ask_its_questions_and_offer_what_is_near_and_public(world):
    report = accepted(world, timezone.now())
    filed(world, text="Một báo cáo chưa công khai về ổ gà.")
    place = {"lat": world.centre.latitude, "lon": world.centre.longitude}
    page = Client().get("/phan-anh/goi-y/", {"text": "ổ gà to lắm", **place}).content.decode()
    assert 'value="GT01"' in page
    assert report.case.number in page
    assert page.count("/theo-doi/") == 1
    page = Client().get("/phan-anh/goi-y/", {"category": "MT02"}).content.decode()
    assert "attribute[kind]" in page


def test_following_is_confirmed_on_a_page_and_only_of_what_is_public(world):
    report, hidden = accepted(world), filed(world)
    browser, page = at_desk(world.lan), f"/phan-anh/{report.case.number}/theo-doi/"
    assert Client().get(page).status_code == 302
    assert WORDS in browser.get(page).content.decode()
    assert not report.followers.exists()
    assert browser.post(page).status_code == 302
    assert report.followers.get().account_id == world.lan.pk
    assert browser.get(f"/phan-anh/{hidden.case.number}/theo-doi/").status_code == 404


def test_a_wrong_key_opens_nothing(world):
    report = filed(world)
    assert Client().get(f"/phan-anh/theo-doi/{report.case.number}/khong-phai/").status_code == 404
    assert Client().get(f"/phan-anh/theo-doi/PA-2026-9999999/{report.case.lookup_key}/").status_code == 404


def test_the_look_up_by_phone_leads_to_the_sender_s_page(world):
    report = filed(world)
    answer = Client().post("/tra-cuu/", {"code": report.case.number, "digits": "5678"})
    assert (answer.status_code, answer["Location"]) == (302, own_page(report))
    assert Client().post("/tra-cuu/", {"code": report.case.number, "digits": "0000"}).status_code == 422


def test_whoever_holds_the_link_rates_once_and_reopens_once(world, monkeypatch):
    report = approved(world)
    browser, page = Client(), own_page(report)
    monkeypatch.setattr("django.utils.timezone.now", lambda: MONDAY)
    assert DONE in browser.get(page).content.decode()
    assert browser.post(page, {"act": "rate", "score": "2"}).status_code == 302
    assert browser.post(page, {"act": "rate", "score": "5"}).status_code == 422
    assert Rating.objects.get().score == 2
    assert browser.post(page, {"act": "reopen", "reason": "ngắn"}).status_code == 422
    assert browser.post(page, {"act": "reopen", "reason": "Hôm sau lại sụt như cũ."}).status_code == 302
    assert "Mở lại" in browser.get(page).content.decode()
    assert browser.post(page, {"act": "khac"}).status_code == 404


def test_one_s_own_page_is_nobody_else_s(world):
    report = filed(world, sender=filing.Sender(account_id=world.lan.pk))
    page = f"/phan-anh/cua-toi/{report.case.number}/"
    assert Client().get(page).status_code == 302
    for account, status in ((world.lan, 200), (world.operator, 404)):
        browser = Client()
        browser.force_login(account)
        assert browser.get(page).status_code == status
    browser.force_login(world.lan)
    assert report.case.number in browser.get("/phan-anh/cua-toi/").content.decode()


def at_desk(account):
    browser = Client()
    browser.force_login(account)
    return browser


def test_the_call_screen_knows_the_caller_and_what_is_alike(world):
    mine = accepted(world, timezone.now())
    browser = at_desk(world.operator)
    page = browser.get("/lam-viec/phan-anh/tong-dai/?goi=0912345678&cuoc=SIP-7").content.decode()
    assert 'value="SIP-7"' in page
    assert mine.case.number in page
    part = browser.get("/lam-viec/phan-anh/tong-dai/doi-chieu/", {"text": "có ổ gà", "phone": ""}).content.decode()
    assert "GT01" in part
    assert mine.case.number in part


def test_a_call_is_filed_and_handed_to_the_unit_in_one_press_and_pressing_twice_files_once(world):
    browser = at_desk(world.operator)
    said = {"phone": "0987654321", "name": "Bà Sáu", "text": WORDS, "address": "Trước chợ", "category": "GT01"}
    form = said | {"commune": str(world.here.commune.pk), "then": "route", "request_key": "k", "call_ref": "SIP-7"}
    for _twice in range(2):
        assert browser.post("/lam-viec/phan-anh/tong-dai/", form).status_code == 302
    report = Report.objects.select_related("case").get()
    assert (report.case.state, report.case.unit_id) == ("assigned", world.here.commune.pk)
    assert (report.channel, report.source_ref, report.sender_name) == ("phone", "SIP-7", "Bà Sáu")
    assert browser.post("/lam-viec/phan-anh/tong-dai/", form | {"request_key": "k2", "text": "ngắn"}).status_code == 422


@pytest.mark.parametrize("typed", ["Phường Tân Ninh", "tan ninh", " Tân Ninh "])
def test_a_commune_is_typed_by_its_name_with_marks_or_without(world, typed):
    said = {"text": WORDS, "address": "Trước chợ", "category": "GT01", "commune": typed, "then": "route"}
    assert at_desk(world.operator).post("/lam-viec/phan-anh/tong-dai/", said).status_code == 302
    report = Report.objects.select_related("case").get()
    assert (report.commune_id, report.case.unit_id) == (world.here.commune.pk, world.here.commune.pk)


def test_a_commune_that_nobody_knows_is_asked_again_and_nothing_is_filed(world):
    said = {"text": WORDS, "address": "Trước chợ", "category": "GT01", "commune": "Phường Không Có", "then": "route"}
    answer = at_desk(world.operator).post("/lam-viec/phan-anh/tong-dai/", said)
    assert (answer.status_code, Report.objects.count()) == (422, 0)
    assert 'value="Phường Không Có"' in answer.content.decode()


def test_units_read_place_and_words_and_never_the_sender(world):
    report = accepted(world)
    page = at_desk(world.handler).get(f"/lam-viec/phan-anh/{report.case.number}/").content.decode()
    assert WORDS in page
    for secret in ("Nguyễn Thị Lan", PHONE, "0912345678", "912 345 678", "Xem người gửi"):
        assert secret not in page
    desk = at_desk(world.operator)
    address = f"/lam-viec/phan-anh/{report.case.number}/"
    assert "Nguyễn Thị Lan" not in desk.get(address).content.decode()
    assert desk.post(address, {"act": "identify", "reason": ""}).status_code == 422
    assert PHONE in desk.post(address, {"act": "identify", "reason": "Gọi hỏi lại nơi xảy ra"}).content.decode()
    assert at_desk(world.handler).post(address, {"act": "identify", "reason": "Tò mò lắm"}).status_code == 403
    assert at_desk(world.outsider).get(address).status_code == 404


def test_a_unit_answers_on_the_page_with_a_photo_and_the_device_s_place(world):
    report = accepted(world)
    browser, address = at_desk(world.handler), f"/lam-viec/phan-anh/{report.case.number}/"
    assert browser.post(address, {"act": "start"}).status_code == 302
    place = {"lat": str(world.centre.latitude), "lon": str(world.centre.longitude)}
    assert browser.post(address, {"act": "answer", "text": DONE, **place}).status_code == 422
    answer = {"act": "answer", "text": DONE, "photos": [photo(seed=3)], **place}
    assert browser.post(address, answer).status_code == 302
    assert at_desk(world.leader).post(address, {"act": "approve"}).status_code == 302
    assert Report.objects.select_related("case").get().case.state == "published"
    assert browser.post(address, {"act": "khac"}).status_code == 404


def test_who_sends_it_back_is_led_to_the_list_because_it_is_not_theirs_any_more(world, monkeypatch):
    monkeypatch.setattr("django.utils.timezone.now", lambda: MONDAY)
    report = accepted(world)
    address = f"/lam-viec/phan-anh/{report.case.number}/"
    sent = at_desk(world.handler).post(address, {"act": "send_back", "reason": "Đường này do Sở Xây dựng quản lý."})
    assert (sent.status_code, sent["Location"]) == (302, "/lam-viec/phan-anh/")
    assert Case.objects.get(pk=report.pk).state == "returned"


def test_filing_through_the_page_and_opening_a_report_cost_few_statements(world, calm):
    browser = Client()
    browser.post(FILE, said(world, photos=[photo(seed=1)]))
    form = said(world, photos=[photo(seed=2)])
    with CaptureQueriesContext(connection) as asked:
        assert browser.post(FILE, form).status_code == 302
    assert len([one for one in asked if "SAVEPOINT" not in one["sql"]]) == FILING
    report = accepted(world)
    handler = at_desk(world.handler)
    address = f"/lam-viec/phan-anh/{report.case.number}/"
    handler.get(address)
    with CaptureQueriesContext(connection) as asked:
        assert handler.get(address).status_code == 200
    assert len([one for one in asked if "SAVEPOINT" not in one["sql"]]) == OPENING


@pytest.mark.parametrize("page", ["/lam-viec/phan-anh/phan-loai/", "/lam-viec/phan-anh/", "/phan-anh/cua-toi/"])
def test_twice_as_many_reports_cost_no_more_statements(world, calm, page):
    browser = at_desk(world.lan if "cua-toi" in page else world.operator)

    def cost():
        browser.get(page)
        with CaptureQueriesContext(connection) as asked:
            assert browser.get(page).status_code == 200
        return len(asked)

    mine = filing.Sender(account_id=world.lan.pk)
    for _one in range(2):
        filed(world, sender=mine)
    few = cost()
    for _one in range(2):
        filed(world, sender=mine)
    assert cost() == few


def test_lists_page_by_key_and_filter(world):
    for _one in range(21):
        filed(world)
    triage.reject(
        report_id=Report.objects.first().pk, reason="unclear", explanation="Chưa rõ nơi xảy ra.",
        by=act(world.operator), at=Report.objects.first().received_at,
    )  # fmt: skip
    browser = at_desk(world.operator)
    page = browser.get("/lam-viec/phan-anh/")
    assert len(page.context["lines"]) == 20
    more = browser.get("/lam-viec/phan-anh/", {"sau": page.context["more"]})
    assert len(more.context["lines"]) == 1
    assert len(browser.get("/lam-viec/phan-anh/?trang-thai=rejected").context["lines"]) == 1
    assert len(browser.get("/lam-viec/phan-anh/?q=o+ga").context["lines"]) == 20
    assert browser.get("/lam-viec/phan-anh/?q=karaoke").context["lines"] == []
    assert len(browser.get("/lam-viec/phan-anh/phan-loai/").context["lines"]) == 20
    assert browser.get("/lam-viec/phan-anh/phan-loai/?nhom=chuyen-tra").context["lines"] == []


def test_figures_are_shown_for_one_s_units(world):
    counting.recount([accepted(world).pk])
    page = at_desk(world.leader).get("/lam-viec/phan-anh/thong-ke/?tu=2026-11-01&den=2026-11-30")
    assert page.context["whole"].received == 1
    assert at_desk(world.outsider).get("/lam-viec/phan-anh/thong-ke/").context["whole"].received == 0


def test_a_manager_publishes_another_list_from_a_file_and_old_reports_keep_theirs(world):
    manager = at_desk(people.official("quan_ly", world.here.root, "field_reports.manager"))
    page = "/lam-viec/phan-anh/danh-muc/"
    assert "Ổ gà, mặt đường hư hỏng" in manager.get(page).content.decode()
    report = filed(world)
    tomorrow = (timezone.localdate() + timedelta(days=1)).isoformat()

    def publish(content, day=tomorrow):
        return manager.post(page, {"file": SimpleUploadedFile("a.yaml", content.encode()), "valid_from": day})

    seeded = manager.get(f"{page}?tai=1").content.decode()
    assert seeded.index("small: Dưới 30 cm") < seeded.index("large: Trên 100 cm")
    for content in ("", "[[[", "a: 1", seeded.replace("intake:", "intak:")):
        assert publish(content).status_code == 422
    assert publish(seeded, timezone.localdate().isoformat()).status_code == 422
    assert CategoryEdition.objects.count() == 1
    assert publish(seeded.replace("Ổ gà, mặt đường hư hỏng", "Ổ voi")).status_code == 302
    later = timezone.localdate() + timedelta(days=1)
    assert catalogue_on(later)[1].category("GT01").name == "Ổ voi"
    assert category_of(Report.objects.get(pk=report.pk)).name == "Ổ gà, mặt đường hư hỏng"
    assert at_desk(world.operator).get(page).status_code == 403


def test_what_is_held_of_a_person_is_told_to_that_person_and_following_ends_at_their_wish(world):
    from tinhso.kernel.manifest import Subject, registry

    mine = filed(world, sender=filing.Sender(account_id=world.lan.pk, phone=PHONE))
    shown = accepted(world)
    senders.follow(report_id=shown.pk, by=act(world.lan), at=MONDAY)
    subject = Subject(world.lan.pk, world.lan.person_id)
    held = {one.code: one for one in registry.modules["field_reports"].holdings}
    told = [held["field_reports.sent"].tell(one) for one in held["field_reports.sent"].rows(subject)]
    assert [(one["Mã phản ánh"], one["Điện thoại"]) for one in told] == [(mine.case.number, PHONE)]
    followed = held["field_reports.followed"]
    assert [followed.tell(one)["Mã phản ánh"] for one in followed.rows(subject)] == [shown.case.number]
    assert followed.erase(subject, record="x", at=MONDAY) == 1
    assert not followed.rows(subject).exists()
