"""Notices reach telephones: by ZNS where a template is approved, else by SMS; once, counted, and ended by one word."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from tests.channels.conftest import Talking

from tinhso.kernel.journal.models import Entry
from tinhso.kernel.notices import actions as notices
from tinhso.kernel.notices.jobs import NotSent
from tinhso.kernel.notices.models import Delivery, Notice, Preference
from tinhso.kernel.testing import people
from tinhso.kernel.testing.jobs import run_jobs
from tinhso.modules.channels import jobs
from tinhso.modules.channels.models import Template, TextMessage

pytestmark = pytest.mark.django_db
KIND = "dossier.accept"


@pytest.fixture
def texts(line: Talking, settings: Any) -> Talking:
    settings.SMS_GATEWAY, settings.SMS_SENDER = "esms,speedsms", "TINHSO"
    settings.CHANNEL_SECRETS = settings.CHANNEL_SECRETS | {
        "esms": {"key": "K", "secret": "S", "report": "bi-mat-e", "price": "400"},
        "speedsms": {"token": "T", "report": "bi-mat-s"},
    }
    return line


def told(line: Talking, dedupe: str, sms: str = "Ho so da xong") -> Delivery:
    """What came of the text message of a notice."""
    notices.tell(
        account_id=line.world.lan.pk, kind=KIND, title="Đã nhận hồ sơ", body="Xem.", url="/ho-so/", dedupe=dedupe,
        at=timezone.localtime().replace(hour=10), sms=sms, case_id=line.world.dossiers["filed"].case.pk,
    )  # fmt: skip
    run_jobs()
    return Delivery.objects.get(notice__dedupe=dedupe, channel="sms")


def test_a_text_goes_once_under_the_brand_name_and_is_counted(texts: Talking) -> None:
    delivery = told(texts, "a", "x" * 200)
    [(operator, said)] = texts.operator.texts.asked
    phone = texts.world.lan.person.phone
    assert (operator, said["Brandname"], said["Phone"]) == ("esms", "TINHSO", phone.removeprefix("+"))
    assert said["CallbackUrl"].endswith("/kenh/sms/esms/bi-mat-e/")
    row = TextMessage.objects.get()
    assert (delivery.state, row.segments, row.price, row.ending) == ("sent", 2, 800, phone[-3:])
    Delivery.objects.update(state="failed")
    notices.send(delivery_id=delivery.pk, at=timezone.now())
    assert len(texts.operator.texts.asked) == 1


def test_one_operators_no_lets_the_next_try_and_silence_does_not(texts: Talking) -> None:
    texts.operator.texts.answers = [{"CodeResult": "104", "ErrorMessage": "no brand"}]
    assert told(texts, "a").state == "sent"
    assert [one for one, _said in texts.operator.texts.asked] == ["esms", "speedsms"]
    assert TextMessage.objects.get().operator == "speedsms"
    texts.operator.zalo.status = 503
    with pytest.raises(NotSent):
        told(texts, "b")
    assert Delivery.objects.get(notice__dedupe="b", channel="sms").state == "failed"
    assert TextMessage.objects.count() == 1


def test_all_operators_no_is_final(texts: Talking) -> None:
    texts.operator.texts.answers = [{"CodeResult": "104"}, {"status": "error", "code": "105", "message": "phone"}]
    delivery = told(texts, "a")
    assert (delivery.state, delivery.last_error, TextMessage.objects.count()) == ("given_up", "SpeedSMS 105: phone", 0)


def test_a_report_is_believed_with_the_secret_only(texts: Talking) -> None:
    told(texts, "a")
    said = "?SMSID=e1&SendFailed=0&SendStatus=5&SendSuccess=1&TotalPrice=470.0000"
    for _ in range(2):
        assert Client().get(f"/kenh/sms/esms/doan/{said}").status_code == 403
    assert Client().get(f"/kenh/sms/khac/bi-mat-e/{said}").status_code == 404
    assert TextMessage.objects.get().state == "taken"
    assert Entry.objects.filter(verb="channels.refuse").count() == 1
    assert Client().get(f"/kenh/sms/esms/bi-mat-e/{said}").status_code == 200
    row = TextMessage.objects.get()
    assert (row.state, row.price) == ("delivered", 470)
    Client().get("/kenh/sms/esms/bi-mat-e/?SMSID=e1&SendStatus=4")
    assert TextMessage.objects.get().state == "delivered"


def test_dung_ends_texts_to_that_number_and_nhan_begins_them_again(texts: Talking) -> None:
    phone = texts.world.lan.person.phone.removeprefix("+")

    def says(text: str) -> None:
        said = json.dumps({"type": "sms", "phone": phone, "content": text})
        assert Client().post("/kenh/sms/speedsms/bi-mat-s/", said, "application/json").status_code == 200

    says("DỪNG")
    assert set(Preference.objects.filter(account=texts.world.lan, channel="sms").values_list("is_on", flat=True)) == {
        False
    }
    notices.tell(
        account_id=texts.world.lan.pk, kind=KIND, title="x", body="", url="/ho-so/", dedupe="a", at=timezone.now(),
        sms="x",
    )  # fmt: skip
    assert not Delivery.objects.filter(channel="sms").exists()
    assert Notice.objects.filter(dedupe="a").exists()
    says("gì vậy?")
    says("nhận")
    assert told(texts, "b").state == "sent"
    noted = Entry.objects.filter(subject=f"accounts/{texts.world.lan.pk}").order_by("seq")
    assert [entry.verb for entry in noted] == ["channels.texts_off", "channels.texts_on"]


def keeper_of(line: Talking) -> Client:
    browser = Client()
    browser.force_login(people.official("truc", line.world.province.root, "channels.manager"))
    return browser


def test_a_template_is_used_once_the_operator_approved_it_and_sms_before(texts: Talking) -> None:
    keeper, page = keeper_of(texts), "/lam-viec/kenh/zalo-tinh/mau-zns/"
    said = {"kind": KIND, "outside_id": "7001", "parameters": "ma = number 30\nten = name\nngay = day 10"}
    assert keeper.post(page, {**said, "parameters": "ma = mat_khau"}).status_code == 422
    assert keeper.post(page, {**said, "kind": "khac"}).status_code == 422
    assert Template.objects.count() == 0
    assert keeper.post(page, said).status_code == 302
    assert keeper.post(page, said).status_code == 422
    texts.operator.zalo.templates["7001"] = "PENDING_REVIEW"
    jobs.templates.func(0)
    told(texts, "a")
    assert (len(texts.operator.zalo.notices), len(texts.operator.texts.asked)) == (0, 1)
    texts.operator.zalo.templates["7001"] = "ENABLE"
    jobs.templates.func(0)
    assert Template.objects.get().approval == "enabled"
    told(texts, "b")
    [notice] = texts.operator.zalo.notices
    case = texts.world.dossiers["filed"].case
    assert (notice["template_id"], notice["template_data"]["ma"]) == ("7001", case.number)
    assert notice["phone"] == texts.world.lan.person.phone.removeprefix("+")
    assert len(texts.operator.texts.asked) == 1
    row = TextMessage.objects.get(operator="zns")
    assert (row.state, row.outside_id) == ("taken", "z1")
    got = {
        "event_name": "user_received_message", "sender": {"id": "8"},
        "message": {"tracking_id": row.reference, "msg_id": "z1", "delivery_time": "1"},
    }  # fmt: skip
    assert texts.deliver(got).status_code == 200
    row.refresh_from_db()
    assert row.state == "delivered"
    text = keeper.get(page).content.decode()
    assert "Được dùng" in text
    assert "zns" in text


def test_what_zalo_does_not_take_goes_by_sms_and_a_dropped_version_gives_way(texts: Talking) -> None:
    line = texts.row
    for number, outside in ((1, "7001"), (2, "7002")):
        Template.objects.create(
            line=line, kind=KIND, number=number, outside_id=outside, approval="enabled", added_at=timezone.now(),
            parameters={"ma": {"word": "number", "most": 30}},
        )  # fmt: skip
    texts.operator.zalo.templates = {"7001": "ENABLE", "7002": "DISABLE"}
    told(texts, "a")
    assert (len(texts.operator.zalo.notices), len(texts.operator.texts.asked)) == (0, 1)
    assert "-131" in TextMessage.objects.get(operator="zns").error
    newest = Template.objects.get(number=2)
    assert keeper_of(texts).post("/lam-viec/kenh/zalo-tinh/mau-zns/", {"bo": newest.pk}).status_code == 302
    told(texts, "b")
    assert [one["template_id"] for one in texts.operator.zalo.notices] == ["7001"]


def test_a_mail_can_be_ended_from_the_mail_itself_and_opening_changes_nothing(line: Talking, mailoutbox: Any) -> None:
    line.world.lan.email = "lan@vi-du.example"
    line.world.lan.save()

    def mails(dedupe: str) -> int:
        notices.tell(
            account_id=line.world.lan.pk, kind=KIND, title="Đã nhận", body="", url="/ho-so/", dedupe=dedupe,
            at=timezone.now() + timedelta(seconds=1),
        )  # fmt: skip
        run_jobs()
        return len(mailoutbox)

    assert mails("a") == 1
    header = mailoutbox[0].extra_headers
    path = "/thong-bao/" + header["List-Unsubscribe"].strip("<>").partition("/thong-bao/")[2]
    assert header["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert path in mailoutbox[0].body
    assert Client().get(path).status_code == 200
    assert mails("b") == 2
    assert Client(enforce_csrf_checks=True).post(path, {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert mails("c") == 2
    assert list(Preference.objects.values_list("group", "channel", "is_on")) == [("dossier", "email", False)]
    assert Client().post("/thong-bao/thoi-nhan/gia-mao/").status_code == 404
