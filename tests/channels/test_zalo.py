"""People write on Zalo: they are answered once, whatever the network and the operator do."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core import signing
from django.test import Client
from django.utils import timezone
from tests.channels.conftest import Talking, signed_by_facebook

from tinhso.kernel.journal.models import Entry
from tinhso.kernel.manifest import Spared, Subject
from tinhso.kernel.notices.actions import tell
from tinhso.kernel.notices.models import Delivery, Preference, Reach
from tinhso.kernel.people.queries import actor_of
from tinhso.kernel.testing import people
from tinhso.kernel.testing.jobs import run_jobs
from tinhso.modules.channels import jobs
from tinhso.modules.channels.actions import keeping, linking, sending, tokens, wire
from tinhso.modules.channels.models import Contact, Line, Received, Sent
from tinhso.modules.channels.queries.sealing import unseal
from tinhso.modules.channels.rules import Kind
from tinhso.modules.channels.tests.simulator import APP, access_name, refresh_name

pytestmark = pytest.mark.django_db


def dossier(line: Talking) -> Any:
    return line.world.dossiers["filed"].case


def test_a_message_asks_for_a_dossiers_state_and_gets_it(line: Talking) -> None:
    case = dossier(line)
    told = line.says(f"tra cứu {case.number} {case.lookup_key}")
    assert told.startswith(f"Hồ sơ {case.number}: Đã nộp.")
    assert case.title in told
    assert f"/tra-cuu/{case.number}/{case.lookup_key}/" in told
    assert case.applicant not in told
    row = Sent.objects.get()
    assert (row.state, row.case_id, row.outside_id) == ("sent", case.pk, "m1")


def test_who_sends_the_code_alone_is_asked_for_the_four_digits_and_told_then(line: Talking) -> None:
    case = dossier(line)
    assert "4 số cuối" in line.says(f"TRA CUU {case.number.lower()}")
    phone = line.world.lan.person.phone
    assert "4 số cuối" in line.says("không nhớ số nào")
    assert line.says(phone[-4:]).startswith(f"Hồ sơ {case.number}:")
    assert Contact.objects.get().talk == ""
    loose = case.number.lower().replace(".", "").replace("-", " ")
    assert line.says(f"tra cứu hồ sơ {loose}: {phone[-4:]} giúp tôi").startswith(f"Hồ sơ {case.number}:")
    assert line.says("hồ sơ xin phép xây dựng cần gì").startswith("Bạn gửi mã")


@pytest.mark.parametrize("secret", ["0000", "xxxxxxxxxxxxxxxx", "H53.01-261116-9999"])
def test_a_wrong_secret_tells_what_a_wrong_code_tells(line: Talking, secret: str) -> None:
    case = dossier(line)
    wrong = line.says(f"tra cứu {case.number} {secret}")
    assert wrong == line.says(f"tra cứu H53.01-261116-9999 {secret}")
    assert "không khớp" in wrong


def test_a_link_shows_whose_the_contact_is_and_then_no_secret_is_needed(line: Talking) -> None:
    case = dossier(line)
    told = line.says("liên kết")
    token = told.rstrip("/").rpartition("/")[2]
    browser = Client()
    browser.force_login(line.world.lan)
    page = f"/kenh/lien-ket/{token}/"
    assert Client().get(page).status_code == 302
    assert browser.get(page).status_code == 200
    assert Contact.objects.get().account_id is None
    assert browser.post(page).status_code == 200
    assert Contact.objects.get().account_id == line.world.lan.pk
    assert Entry.objects.filter(verb="channels.link").count() == 1
    assert line.says(f"tra cứu {case.number}").startswith(f"Hồ sơ {case.number}:")
    assert "4 số cuối" in line.says(f"tra cứu {case.number}", person="222")
    assert "Đã bỏ liên kết" in line.says("hủy liên kết")
    assert Contact.objects.get(outside_id="111").account_id is None


def test_an_old_or_changed_link_links_nobody(line: Talking) -> None:
    line.says("liên kết")
    browser = Client()
    browser.force_login(line.world.minh)
    forged = signing.dumps({"contact": Contact.objects.get().pk}, salt="another")
    assert browser.post(f"/kenh/lien-ket/{forged}/").status_code == 422
    assert Contact.objects.get().account_id is None


def test_nobody_unlinks_what_is_anothers(line: Talking) -> None:
    line.says("xin chào")
    contact = Contact.objects.get()
    Contact.objects.update(account=line.world.lan)
    browser = Client()
    browser.force_login(line.world.minh)
    assert browser.post(f"/kenh/cua-toi/{contact.pk}/bo/").status_code == 404
    assert Contact.objects.get().account_id == line.world.lan.pk


def test_a_delivery_repeated_is_answered_once(line: Talking) -> None:
    said = line.message("xin chào")
    for _ in range(3):
        assert line.deliver(said).status_code == 200
        run_jobs()
    assert (Received.objects.count(), Sent.objects.count(), len(line.operator.zalo.sent)) == (1, 1, 1)


def test_a_forged_delivery_is_refused_and_written_down_once_a_minute(line: Talking) -> None:
    for _ in range(3):
        assert line.deliver(line.message("xin chào"), secret="GUESSED").status_code == 403
    assert line.post(b"x" * 300_000, "00").status_code == 403
    assert (Received.objects.count(), Contact.objects.count()) == (0, 0)
    reasons = [entry.data["reason"] for entry in Entry.objects.filter(verb="channels.refuse")]
    assert sorted(reasons) == ["chữ ký không đúng", "quá dài"]


def test_there_is_nothing_at_the_address_of_no_line(line: Talking) -> None:
    assert Client().post("/kenh/nhan/khac/", b"{}", "application/json").status_code == 404
    assert line.post(b"", "").status_code == 403


def test_a_closed_line_keeps_and_answers_nothing(line: Talking) -> None:
    Line.objects.update(is_open=False)
    assert line.deliver(line.message("xin chào")).status_code == 200
    assert run_jobs() == 0
    assert Received.objects.count() == 0


def test_a_token_the_operator_refuses_is_renewed_once_and_the_new_pair_kept(line: Talking) -> None:
    line.operator.zalo.access = "elsewhere"
    assert line.says("xin chào").startswith("Tỉnh thử xin nghe.")
    row = Line.objects.get()
    assert (unseal(row.access_token), unseal(row.refresh_token)) == (
        access_name(1),
        refresh_name(1),
    )
    assert access_name(1) not in row.access_token
    assert line.operator.zalo.renewed == 1


def test_an_old_token_is_renewed_before_it_ends(line: Talking) -> None:
    Line.objects.update(
        refreshed_at=timezone.now() - timedelta(hours=21), access_until=timezone.now() + timedelta(hours=4)
    )
    jobs.renew.func(0)
    assert line.operator.zalo.renewed == 1
    jobs.renew.func(0)
    assert line.operator.zalo.renewed == 1


def test_a_refresh_token_used_elsewhere_is_told_to_the_keeper(line: Talking) -> None:
    Line.objects.update(
        access_until=timezone.now() - timedelta(hours=1), refreshed_at=timezone.now() - timedelta(days=2)
    )
    line.operator.zalo.refresh = "elsewhere"
    assert line.says("xin chào") == ""
    assert Sent.objects.get().state == "given_up"
    assert "-14020" in Line.objects.get().problem


def test_what_an_absent_operator_did_not_take_is_sent_later_in_order(line: Talking) -> None:
    line.operator.zalo.status = 503
    line.says("xin chào")
    line.says("tra cứu")
    assert list(Sent.objects.order_by("pk").values_list("state", "attempts")) == [("failed", 1), ("waiting", 0)]
    line.operator.zalo.status = 200
    jobs.again.func(0)
    assert line.operator.zalo.sent == []
    Sent.objects.update(next_at=None)
    jobs.again.func(0)
    assert list(Sent.objects.order_by("pk").values_list("state", "attempts")) == [("sent", 2), ("sent", 1)]
    assert [text.split()[0] for _to, text in line.operator.zalo.sent] == ["Tỉnh", "Bạn"]
    jobs.again.func(0)
    assert len(line.operator.zalo.sent) == 2


@pytest.mark.parametrize(
    ("error", "state", "said"), [(-213, "given_up", "-213"), (-32, "failed", "60 giây"), (-999, "given_up", "-999")]
)
def test_an_operators_no_is_final_or_not(line: Talking, error: int, state: str, said: str) -> None:
    line.operator.zalo.answers = [error]
    line.says("xin chào")
    row = Sent.objects.get()
    assert (row.state, row.attempts, line.operator.zalo.sent) == (state, int(state == "given_up"), [])
    assert said in row.last_error


def test_more_than_the_pace_waits(line: Talking, settings: Any) -> None:
    settings.CHANNEL_MESSAGES_A_MINUTE = 2
    for number in range(4):
        line.says("xin chào", person=f"9{number}")
    assert sorted(Sent.objects.values_list("state", flat=True)) == ["failed", "failed", "sent", "sent"]
    assert set(Sent.objects.filter(state="failed").values_list("attempts", flat=True)) == {0}


def test_an_operator_that_asks_for_time_is_left_alone_until_then(line: Talking) -> None:
    line.operator.zalo.status, line.operator.retry_after = 429, "1800"
    line.says("xin chào")
    line.operator.zalo.status = 200
    assert line.says("xin chào", person="222") == ""
    assert set(Sent.objects.values_list("state", "attempts", "last_error")) == {("failed", 0, "chờ 1800 giây")}
    assert sending.waiting(timezone.now()) == []
    assert len(sending.waiting(timezone.now() + timedelta(seconds=1801))) == 2


def test_nothing_is_sent_to_who_left_or_wrote_too_long_ago(line: Talking) -> None:
    line.says("xin chào")
    contact, now = Contact.objects.get(), timezone.now()
    late = Sent.objects.create(contact=contact, text="a", made_at=now)
    Contact.objects.update(last_said_at=now - timedelta(days=8))
    assert sending.send(sent_id=late.pk, at=now) == "given_up"
    left = {"event_name": "unfollow", "follower": {"id": "111"}}
    assert line.deliver(left).status_code == 200
    assert Contact.objects.get().is_gone is True
    assert len(line.operator.zalo.sent) == 1


def told(line: Talking, dedupe: str) -> list[str]:
    """What a notice brings to Zalo."""
    before = len(line.operator.zalo.sent)
    tell(
        account_id=line.world.lan.pk, kind="dossier.accept", title=f"Đã nhận {dedupe}", body="Xem.", url="/ho-so/",
        dedupe=dedupe, at=timezone.now(), case_id=dossier(line).pk,
    )  # fmt: skip
    run_jobs()
    return [text for _to, text in line.operator.zalo.sent[before:]]


def test_a_linked_contact_is_told_news_until_it_says_dung(line: Talking) -> None:
    line.says("xin chào")
    assert told(line, "a") == []
    linking.link(token=token_of(Contact.objects.get()), by=actor_of(line.world.lan), at=timezone.now())
    [text] = told(line, "b")
    assert text.startswith(f"Đã nhận b\nXem.\nMã: {dossier(line).number}\nhttp")
    assert Sent.objects.get(notice__dedupe="b").case_id == dossier(line).pk
    assert "không gửi tin báo" in line.says("Dừng")
    assert told(line, "c") == []
    assert "nhận tin báo" in line.says("nhận tin")
    assert len(told(line, "d")) == 1
    Contact.objects.update(last_said_at=timezone.now() - timedelta(days=8))
    assert told(line, "e") == []
    assert Delivery.objects.get(notice__dedupe="e", channel="message").state == "given_up"
    line.deliver({"event_name": "unfollow", "follower": {"id": "111"}})
    assert told(line, "f") == []
    assert not Delivery.objects.filter(notice__dedupe="f", channel="message").exists()


def test_who_does_not_want_messages_about_dossiers_gets_none(line: Talking) -> None:
    line.says("xin chào")
    linking.link(token=token_of(Contact.objects.get()), by=actor_of(line.world.lan), at=timezone.now())
    Preference.objects.create(account=line.world.lan, group="dossier", channel="message", is_on=False)
    assert told(line, "a") == []
    Preference.objects.all().delete()
    assert len(told(line, "b")) == 1


def token_of(contact: Contact) -> str:
    return signing.dumps({"contact": contact.pk}, salt=linking.SALT, compress=True)


def test_codes_are_not_guessed_by_message(line: Talking) -> None:
    case = dossier(line)
    answers = {line.says(f"tra cứu {case.number} {digits:04}") for digits in range(1, 14)}
    assert any("không khớp" not in one for one in answers)
    assert "Hẹn trả" not in "".join(answers)


def test_an_operator_connects_a_line_with_pkce(line: Talking) -> None:
    admin = people.official("truc", line.world.province.root, "channels.manager")
    Line.objects.update(access_token="", refresh_token="", access_until=None, refreshed_at=None)
    browser = Client()
    browser.force_login(admin)
    gone = browser.post("/lam-viec/kenh/zalo-tinh/ket-noi/")
    assert gone.status_code == 200  # a redirect of a form to another host is stopped by browsers: form-action 'self'
    assert f"url={line.operator.address}/v4/oa/permission?app_id={APP}&" in gone["Refresh"]
    assert "code_challenge=" in gone["Refresh"]
    assert browser.get("/lam-viec/kenh/ket-noi/?code=code-1&state=another").status_code == 422
    browser.post("/lam-viec/kenh/zalo-tinh/ket-noi/")
    back = browser.get("/lam-viec/kenh/ket-noi/?code=code-1&oa_id=888")
    assert (back.status_code, back["Location"]) == (302, "/lam-viec/kenh/zalo-tinh/cai-dat/?xong=1")
    row = Line.objects.get()
    assert (unseal(row.access_token), row.outside_id) == (access_name(1), "888")
    assert browser.get("/lam-viec/kenh/ket-noi/?code=code-1").status_code == 422


def test_a_page_of_facebook_is_answered_by_the_same_talks(line: Talking, settings: Any) -> None:
    settings.CHANNEL_SECRETS = {"trang": {"app_secret": "S", "verify": "V", "page_token": access_name(0)}}
    Line.objects.create(
        code="trang", kind=Kind.FACEBOOK, unit_id=line.world.province.root.pk, name="Trang", added_at=timezone.now()
    )
    asked = Client().get("/kenh/nhan/trang/?hub.verify_token=V&hub.challenge=42")
    assert (asked.status_code, asked.content) == (200, b"42")
    assert Client().get("/kenh/nhan/trang/?hub.verify_token=W&hub.challenge=42").status_code == 403
    said = {"entry": [{"messaging": [{"sender": {"id": "9"}, "message": {"mid": "a", "text": "tra cứu"}}]}]}
    body, header = signed_by_facebook(said, "S")
    for _ in range(2):
        done = Client().post("/kenh/nhan/trang/", body, "application/json", headers={"X-Hub-Signature-256": header})
        assert done.status_code == 200
    run_jobs()
    assert Sent.objects.get().text.startswith("Bạn gửi mã ghi trên")


def test_linking_needs_an_account(line: Talking) -> None:
    from tinhso.kernel.errors import NotFound
    from tinhso.kernel.people.rules import NOBODY

    line.says("liên kết")
    token = token_of(Contact.objects.get())
    with pytest.raises(NotFound):
        linking.link(token=token, by=NOBODY, at=timezone.now())
    linking.link(token=token, by=actor_of(line.world.lan), at=timezone.now())
    linking.link(token=token, by=actor_of(line.world.lan), at=timezone.now())
    assert Entry.objects.filter(verb="channels.link").count() == 1


def test_the_keeper_sees_how_each_line_fares_and_what_was_said(line: Talking) -> None:
    line.says("xin chào")
    line.operator.zalo.answers = [-213]
    line.says("xin chào", person="222")
    browser = Client()
    browser.force_login(people.official("truc", line.world.province.root, "channels.manager"))
    [one] = browser.get("/lam-viec/kenh/").context["lines"]
    assert (one.contacts, one.waiting, one.given_up, one.worry) == (2, 0, 1, "")
    for _ in range(2):
        page = browser.get("/lam-viec/kenh/zalo-tinh/").content.decode()
        assert "Tỉnh thử xin nghe." in page
        assert "-213" in page
    assert Entry.objects.filter(verb="channels.read").count() == 1
    closed = browser.post("/lam-viec/kenh/zalo-tinh/mo/", {"mo": "0"})
    assert (closed.status_code, Line.objects.get().is_open) == (302, False)
    said = {"name": "Kênh xã", "kind": "zalo", "unit": line.world.province.commune.code, "app_id": "1"}
    assert browser.post("/lam-viec/kenh/them/", said).status_code == 302
    assert browser.post("/lam-viec/kenh/them/", said).status_code == 422
    assert browser.post("/lam-viec/kenh/them/", {**said, "name": ""}).status_code == 422
    assert sorted(Line.objects.values_list("code", flat=True)) == ["zalo-kenh-xa", "zalo-tinh"]


def test_what_is_kept_is_told_to_the_person_and_ends_at_their_wish_and_in_time(line: Talking) -> None:
    line.says("xin chào")
    linking.link(token=token_of(Contact.objects.get()), by=actor_of(line.world.lan), at=timezone.now())
    subject = Subject(line.world.lan.pk, line.world.lan.person_id)
    [held] = keeping.HOLDINGS
    [contact] = held.rows(subject)
    assert [one["text"] for one in held.tell(contact)["said"]] == ["xin chào"]
    [kept] = keeping.RETAINED
    nobody = Spared()
    assert kept.due(timezone.now() - timedelta(days=1), nobody).count() == 0
    due = list(kept.due(timezone.now() + timedelta(days=1), nobody).values_list("pk", flat=True))
    kept.end(due, record="disposal/1", at=timezone.now())
    assert (Received.objects.count(), Sent.objects.count(), Contact.objects.count()) == (0, 0, 1)
    assert held.erase is not None
    assert held.erase(subject, record="privacy/1", at=timezone.now()) == 1
    assert (Contact.objects.count(), Reach.objects.count()) == (0, 0)


@pytest.mark.parametrize(
    ("said", "seconds"),
    [("30", 30), ("0", 1), ("99999", 3600), ("", 60), ("soon", 60), ("Mon, 23 Nov 2026 08:02:00 GMT", 120),
     ("Mon, 23 Nov 2020 08:02:00 GMT", 1)],
)  # fmt: skip
def test_how_long_an_operator_is_left_alone(said: str, seconds: int) -> None:
    assert wire.waiting_time(said, datetime(2026, 11, 23, 8, tzinfo=UTC)) == seconds


def test_two_that_find_the_token_refused_renew_it_once(line: Talking) -> None:
    first = tokens.current(line_id=line.row.pk, at=timezone.now(), not_this=access_name(0))
    second = tokens.current(line_id=line.row.pk, at=timezone.now(), not_this=access_name(0))
    assert (first, second, line.operator.zalo.renewed) == (access_name(1), access_name(1), 1)
