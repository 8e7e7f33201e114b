"""Text messages and push against servers that really listen on the loopback; preferences and quiet hours."""

from __future__ import annotations

import base64
import json
import re
import threading
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, time
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import http_ece
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st
from procrastinate.contrib.django.models import ProcrastinateJob

from tinhso.kernel.errors import NotFound, Refusal
from tinhso.kernel.notices import actions, carriers, rules
from tinhso.kernel.notices.jobs import NotSent, deliver
from tinhso.kernel.notices.models import Delivery, Device, Notice, Preference
from tinhso.kernel.notices.rules import Channel
from tinhso.kernel.notices.tests import factories
from tinhso.kernel.people.models import Account, Person
from tinhso.kernel.people.queries import actor_of
from tinhso.kernel.testing.jobs import run_jobs

DAY = datetime(2026, 3, 2, 1, 30, tzinfo=UTC)  # half past eight in the morning
NIGHT = datetime(2026, 3, 2, 15, 30, tzinfo=UTC)  # half past ten in the evening


@dataclass
class Outside:
    """A server that keeps what it got and answers as told."""

    address: str = ""
    got: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)
    answers: list[int] = field(default_factory=list)


@pytest.fixture
def outside() -> Iterator[Outside]:
    kept = Outside()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            kept.got.append((self.path, dict(self.headers), body))
            self.send_response(kept.answers.pop(0) if kept.answers else 201)
            self.end_headers()

        def log_message(self, *said: Any) -> None:
            """Say nothing."""

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        kept.address = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        yield kept
        server.shutdown()
        thread.join(5)


@pytest.fixture
def lan(db: None, settings: Any, outside: Outside, tmp_path: Any) -> Account:
    settings.SMS_GATEWAY, settings.SMS_KEY, settings.SMS_SENDER = outside.address + "/sms", "key", "TINHSO"
    settings.PUSH_SERVICES, settings.PUSH_SCHEMES, settings.PUSH_KEY = ["127.0.0.1"], ["http"], tmp_path / "push.pem"
    carriers._vapid.cache_clear()
    carriers.application_key.cache_clear()
    person = Person.objects.create(full_name="Nguyễn Thị Lan", phone="+84912345678")
    return factories.account(email="", person=person)


def _tell(account: Account, number: int = 1, at: datetime = DAY, **more: Any) -> bool:
    said = {"kind": "dossier.finish", "title": "Đã có kết quả", "body": "Hồ sơ của bạn.", "sms": "Da co ket qua."}
    return actions.tell(account_id=account.pk, url="/ho-so/1/", dedupe=f"x/{number}", at=at, **said | more)


class Browser:
    """The keys a browser makes when it subscribes."""

    def __init__(self, outside: Outside, account: Account, name: str = "Firefox") -> None:
        self.key, self.auth = ec.generate_private_key(ec.SECP256R1()), b"0123456789abcdef"
        point = self.key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        self.said = {
            "endpoint": f"{outside.address}/push/{name}",
            "p256dh": base64.urlsafe_b64encode(point).decode().rstrip("="),
            "auth": base64.urlsafe_b64encode(self.auth).decode().rstrip("="),
            "name": name,
        }
        self.device = actions.add_device(**self.said, by=actor_of(account), at=DAY)

    def read(self, body: bytes) -> dict[str, Any]:
        plain = http_ece.decrypt(body, private_key=self.key, auth_secret=self.auth, version="aes128gcm")
        return dict(json.loads(plain))


def _carry(channel: Channel) -> tuple[str, int]:
    delivery = Delivery.objects.get(channel=channel)
    with suppress(NotSent):
        deliver(delivery_id=delivery.pk)
    delivery.refresh_from_db()
    return delivery.state, delivery.attempts


def test_a_text_message_goes_to_the_gateway_once_with_its_reference(lan: Account, outside: Outside) -> None:
    _tell(lan)
    assert _carry(Channel.SMS) == ("sent", 1)
    assert _carry(Channel.SMS) == ("sent", 1)
    ((path, headers, body),) = outside.got
    said = json.loads(body)
    assert (path, said["to"], said["text"], said["sender"]) == ("/sms", "+84912345678", "Da co ket qua.", "TINHSO")
    assert said["reference"] == headers["Idempotency-Key"]


@pytest.mark.parametrize(("answer", "state"), [(500, "failed"), (429, "failed"), (400, "given_up"), (404, "given_up")])
def test_what_the_gateway_does_not_take_is_tried_again_or_given_up(
    lan: Account, outside: Outside, answer: int, state: str
) -> None:
    outside.answers = [answer]
    _tell(lan)
    assert _carry(Channel.SMS) == (state, 1)


def test_without_a_gateway_a_mobile_number_or_words_no_text_message_is_made(lan: Account, settings: Any) -> None:
    _tell(lan, 1, sms="")
    settings.SMS_GATEWAY = ""
    _tell(lan, 2)
    settings.SMS_GATEWAY = "file"
    Person.objects.update(phone="+842763822111")
    _tell(lan, 3)
    assert Notice.objects.count() == 3
    assert not Delivery.objects.exists()


def test_a_demonstration_writes_text_messages_to_files(lan: Account, settings: Any, tmp_path: Any) -> None:
    settings.SMS_GATEWAY, settings.HOME = "file", tmp_path
    _tell(lan)
    assert _carry(Channel.SMS) == ("sent", 1)
    (file,) = (tmp_path / "sms").iterdir()
    assert file.read_text() == "+84912345678\nDa co ket qua.\n"


def test_a_push_message_can_be_read_by_its_browser_only(lan: Account, outside: Outside) -> None:
    browser = Browser(outside, lan)
    _tell(lan)
    assert _carry(Channel.PUSH) == ("sent", 1)
    ((path, headers, body),) = [one for one in outside.got if one[0].startswith("/push")]
    assert path == "/push/Firefox"
    assert (headers["Content-Encoding"], headers["TTL"]) == ("aes128gcm", "86400")
    assert headers["Authorization"].startswith("vapid t=")
    assert carriers.application_key() in headers["Authorization"]
    assert browser.read(body) == {
        "title": "Đã có kết quả", "body": "Hồ sơ của bạn.", "url": "/ho-so/1/", "tag": "x/1"
    }  # fmt: skip
    assert "Đã có kết quả".encode() not in body


def test_a_browser_that_is_gone_is_forgotten_and_the_others_still_get_it(lan: Account, outside: Outside) -> None:
    Browser(outside, lan, "Firefox")
    Browser(outside, lan, "Chrome")
    outside.answers = [410, 201]
    _tell(lan)
    assert _carry(Channel.PUSH) == ("sent", 1)
    assert list(Device.objects.values_list("name", flat=True)) == ["Chrome"]


def test_push_is_tried_again_while_the_service_is_out(lan: Account, outside: Outside) -> None:
    Browser(outside, lan)
    outside.answers = [503]
    _tell(lan)
    assert _carry(Channel.PUSH) == ("failed", 1)
    assert _carry(Channel.PUSH) == ("sent", 2)


@pytest.mark.parametrize(
    "endpoint",
    ["http://169.254.169.254/latest", "http://127.0.0.1.evil.test/x", "ftp://127.0.0.1/x", "http://localhost/x", "x"],
)
def test_only_known_push_services_are_ever_asked(lan: Account, outside: Outside, endpoint: str) -> None:
    said = Browser(outside, lan).said | {"endpoint": endpoint}
    with pytest.raises(Refusal) as refused:
        actions.add_device(**said, by=actor_of(lan), at=DAY)
    assert refused.value.code == "notices.push_service"
    assert Device.objects.count() == 1


def test_a_browser_belongs_to_who_signed_in_on_it_last(lan: Account, outside: Outside) -> None:
    browser = Browser(outside, lan)
    minh = factories.account("minh", "")
    actions.add_device(**browser.said, by=actor_of(minh), at=DAY)
    assert list(Device.objects.values_list("account__username", flat=True)) == ["minh"]
    with pytest.raises(NotFound):
        actions.remove_device(device_id=browser.device.pk, by=actor_of(lan))
    assert Device.objects.count() == 1


def test_what_somebody_does_not_want_is_not_carried_but_stands_on_the_site(lan: Account, outside: Outside) -> None:
    Browser(outside, lan)
    wanted = {("dossier", Channel.PUSH)}
    actions.prefer(wanted=wanted, asked=["dossier"], begins=time(21), ends=time(7), by=actor_of(lan))
    _tell(lan, 1)
    _tell(lan, 2, kind="payments.due")
    assert Notice.objects.count() == 2
    carried = Delivery.objects.order_by("notice_id", "channel").values_list("notice__kind", "channel")
    assert list(carried) == [("dossier.finish", "push"), ("payments.due", "push"), ("payments.due", "sms")]


def test_at_night_messages_wait_for_the_morning_and_mail_does_not(lan: Account, outside: Outside) -> None:
    lan.email = "lan@example.test"
    lan.save(update_fields=["email"])
    _tell(lan, at=NIGHT)
    jobs = {
        Delivery.objects.get(pk=job.args["delivery_id"]).channel: job.scheduled_at
        for job in ProcrastinateJob.objects.filter(task_name="notices.deliver")
    }
    assert jobs == {"email": None, "sms": datetime(2026, 3, 3, 0, 0, tzinfo=UTC)}


def test_who_sets_equal_times_is_never_spared(lan: Account) -> None:
    actions.prefer(wanted={("dossier", Channel.SMS)}, asked=["dossier"], begins=time(0), ends=time(0), by=actor_of(lan))
    _tell(lan, at=NIGHT)
    assert ProcrastinateJob.objects.get(task_name="notices.deliver").scheduled_at is None


@pytest.mark.parametrize(
    ("now", "begins", "ends", "waits_until"),
    [("20:59", "21:00", "07:00", None), ("21:00", "21:00", "07:00", "03 07:00"),
     ("06:59", "21:00", "07:00", "02 07:00"),
     ("07:00", "21:00", "07:00", None), ("12:30", "12:00", "13:30", "02 13:30"), ("11:59", "12:00", "13:30", None),
     ("03:00", "00:00", "00:00", None)],
)  # fmt: skip
def test_when_quiet_hours_end(now: str, begins: str, ends: str, waits_until: str | None) -> None:
    moment = datetime.fromisoformat(f"2026-03-02T{now}:00+07:00")
    found = rules.wait_until(moment, time.fromisoformat(begins), time.fromisoformat(ends))
    assert (found and f"{found:%d %H:%M}") == waits_until


@given(st.datetimes(timezones=st.just(UTC)), st.times(), st.times())
def test_what_waits_waits_less_than_a_day_and_is_then_free(moment: datetime, begins: time, ends: time) -> None:
    if moment.year > 9998:
        return
    begins, ends = begins.replace(second=0, microsecond=0), ends.replace(second=0, microsecond=0)
    later = rules.wait_until(moment, begins, ends)
    if later is not None:
        assert 0 < (later - moment).total_seconds() <= 86400
        assert rules.wait_until(later, begins, ends) is None


@given(st.text(max_size=600))
def test_text_messages_are_plain_short_and_in_one_line(text: str) -> None:
    plain = rules.plain_text(text)
    assert plain.isascii()
    assert len(plain) <= rules.SMS_LENGTH
    assert "\n" not in plain


def test_vietnamese_letters_stay_readable_without_marks() -> None:
    assert rules.plain_text("Đã có kết quả.\nHẹn thứ Sáu") == "Da co ket qua. Hen thu Sau"


def test_the_settings_page_keeps_wishes_and_refuses_what_is_no_time(lan: Account, client: Client) -> None:
    client.force_login(lan)
    assert client.get("/thong-bao/cai-dat/").status_code == 200
    saved = client.post("/thong-bao/cai-dat/", {"begins": "22:00", "ends": "06:00", "dossiers-email": "on"})
    assert saved.status_code == 302
    off = Preference.objects.filter(is_on=False, group="dossier").values_list("channel", flat=True)
    assert sorted(off) == ["message", "push", "sms"]
    before = list(Preference.objects.order_by("pk").values())
    assert client.post("/thong-bao/cai-dat/", {"begins": "tối", "ends": "06:00"}).status_code == 422
    assert list(Preference.objects.order_by("pk").values()) == before


def test_each_module_is_one_line_of_the_settings_and_stands_for_all_it_tells(lan: Account, client: Client) -> None:
    client.force_login(lan)
    page = client.get("/thong-bao/cai-dat/").content.decode()
    names = re.findall(r'<th scope="row">([^<]+)</th>', page)
    assert len(names) == len(set(names)) > 5
    client.post("/thong-bao/cai-dat/", {"begins": "22:00", "ends": "06:00", "privacy-sms": "on"})
    on = Preference.objects.filter(is_on=True).order_by("group").values_list("group", "channel")
    assert list(on) == [("data_request", "sms"), ("privacy", "sms")]


def test_a_browser_signs_up_and_is_removed_through_the_page(lan: Account, outside: Outside, client: Client) -> None:
    said = Browser(outside, lan).said
    Device.objects.all().delete()
    assert client.post("/thong-bao/may/", said).status_code == 302
    client.force_login(lan)
    assert client.post("/thong-bao/may/", said).status_code == 201
    assert client.post("/thong-bao/may/", said | {"endpoint": "http://evil.test/"}).status_code == 422
    device = Device.objects.get()
    assert client.post(f"/thong-bao/may/{device.pk}/bo/").status_code == 302
    assert not Device.objects.exists()


@pytest.mark.django_db
def test_a_telephone_without_an_account_gets_a_text_once(settings: Any, tmp_path: Any) -> None:
    settings.SMS_GATEWAY, settings.HOME = "file", tmp_path
    assert actions.text(to="+84912345678", text="Mã: 123456", reference="r1")
    assert actions.text(to="+84912345678", text="Mã: 123456", reference="r1")
    run_jobs()
    assert [one.read_text() for one in (tmp_path / "sms").iterdir()] == ["+84912345678\nMa: 123456\n"]


@pytest.mark.django_db
def test_no_text_is_queued_where_no_gateway_is_set_up(settings: Any) -> None:
    settings.SMS_GATEWAY = ""
    assert not actions.text(to="+84912345678", text="Mã: 123456", reference="r1")
    assert run_jobs() == 0
