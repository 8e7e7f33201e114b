"""The operators' contracts and which talk a message belongs to, without a database."""

from __future__ import annotations

import contextlib
import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tinhso.kernel.talks import Place, Reply, Talk
from tinhso.modules.channels.rules import facebook, zalo
from tinhso.modules.channels.rules.hearing import NotRead, NotSigned, What
from tinhso.modules.channels.rules.talking import Chosen, Command, choose, pieces
from tinhso.modules.channels.rules.wording import without_keys

APP, SECRET = "1234567890", "OASECRET"
AT = datetime.fromtimestamp(1_700_000_000, UTC)
VECTOR = (
    '{"app_id":"1234567890","event_name":"user_send_text","sender":{"id":"111"},"recipient":{"id":"222"},'
    '"message":{"text":"xin chào","msg_id":"m1"},"timestamp":"1700000000000"}'
).encode()
SIGNED = "df71b3a3ef51c98a73d5ae54e888d00de4325ce79567c4e7cd7816915c95dee3"


def test_the_published_signature_comes_out():
    assert zalo.signature(APP, VECTOR, "1700000000000", SECRET) == SIGNED
    proof = "38758d3f0c4773dec9143768f99ee233d334511be672298af245f60bcc1975f0"
    assert zalo.proof("ACCESSTOKEN", "APPSECRET") == proof


@pytest.mark.parametrize("header", [SIGNED, f"mac={SIGNED}", SIGNED.upper(), f" {SIGNED} "])
def test_a_signed_text_is_read(header):
    heard = zalo.read(VECTOR, header, app_id=APP, secret=SECRET, at=AT)
    assert (heard.what, heard.key, heard.person, heard.text) == (What.SAID, "m1", "111", "xin chào")


@pytest.mark.parametrize(
    ("body", "header", "secret"),
    [
        (VECTOR, "", SECRET),
        (VECTOR, SIGNED[:-1] + "4", SECRET),
        (VECTOR.replace(b"111", b"112"), SIGNED, SECRET),
        (VECTOR.replace(b"1700000000000", b"1700000000001"), SIGNED, SECRET),
        (VECTOR, SIGNED, "ANOTHER"),
        (VECTOR, zalo.signature(APP, VECTOR, "1700000000000", ""), ""),
        (b"{", SIGNED, SECRET),
        (b"[]", SIGNED, SECRET),
        (b"\xff\xfe", SIGNED, SECRET),
        (b"[" * 100_000, SIGNED, SECRET),
        (VECTOR, "é" * 64, SECRET),
    ],
)
def test_what_is_not_signed_is_refused(body, header, secret):
    with pytest.raises(NotSigned):
        zalo.read(body, header, app_id=APP, secret=secret, at=AT)


def signed(said: dict[str, Any]) -> tuple[bytes, str]:
    said = {"app_id": APP, "timestamp": "1700000000000", **said}
    body = json.dumps(said).encode()
    return body, zalo.signature(APP, body, str(said["timestamp"]), SECRET)


def read(said: dict[str, Any]) -> Any:
    return zalo.read(*signed(said), app_id=APP, secret=SECRET, at=AT)


def test_pictures_and_places_are_found_among_attachments():
    attachments = [
        {"type": "image", "payload": {"url": "https://f.zdn.vn/1.jpg"}},
        {"type": "image", "payload": {}},
        {"type": "location", "payload": {"coordinates": {"latitude": "11.3", "longitude": 106.1}}},
        "nonsense",
    ]
    said = {
        "event_name": "user_send_image",
        "sender": {"id": 7},
        "message": {"msg_id": "m2", "attachments": attachments},
    }
    heard = read(said)
    assert (heard.person, heard.pictures, heard.place) == ("7", ("https://f.zdn.vn/1.jpg",), Place(11.3, 106.1))


@pytest.mark.parametrize("point", [{"latitude": 91, "longitude": 1}, {"latitude": "x", "longitude": 1}, {}, None, 5])
def test_a_place_that_is_none_is_left_out(point):
    attachment = {"type": "location", "payload": {"coordinates": point}}
    said = {"event_name": "user_send_location", "sender": {"id": "7"}, "message": {"attachments": [attachment]}}
    assert read(said).place is None


@pytest.mark.parametrize(
    ("event", "what"),
    [
        ("follow", What.FOLLOWED), ("unfollow", What.LEFT), ("user_seen_message", What.OTHER),
        ("oa_send_text", What.OTHER), ("user_send_group_text", What.OTHER), ("user_received_message", What.OTHER),
        ("something_new", What.OTHER),
    ],
)  # fmt: skip
def test_other_news_is_told_apart(event, what):
    assert read({"event_name": event, "follower": {"id": "7"}, "sender": {"id": "7"}}).what is what


@pytest.mark.parametrize("stamp", ["1699913599000", "1700007201000", "1", "", "x", "9" * 14, None])
def test_a_delivery_of_another_time_is_refused(stamp):
    with pytest.raises(NotSigned):
        read({"event_name": "user_send_text", "sender": {"id": "1"}, "timestamp": stamp})


@pytest.mark.parametrize("stamp", ["1699920000000", "1700007100000"])
def test_a_delivery_repeated_for_hours_is_read(stamp):
    assert read({"event_name": "user_send_text", "sender": {"id": "1"}, "timestamp": stamp}).person == "1"


@pytest.mark.parametrize(
    "said",
    [
        {"event_name": "user_send_text", "sender": {"id": "1"}, "recipient": {"id": "another"}},
        {"event_name": "follow", "follower": {"id": "1"}, "oa_id": "another"},
    ],
)
def test_what_was_said_to_another_account_is_not_read(said):
    body, header = signed(said)
    assert zalo.read(body, header, app_id=APP, secret=SECRET, at=AT, account="another").person == "1"
    with pytest.raises(NotRead):
        zalo.read(body, header, app_id=APP, secret=SECRET, at=AT, account="ours")


def test_voices_are_counted_stickers_are_not_and_no_text_harms_the_database():
    attachments = [{"type": "audio"}, {"type": "sticker"}, {"type": "image", "payload": {"url": "https://x/\0"}}]
    heard = read({"event_name": "user_send_audio", "sender": {"id": "\x007"}, "message": {"attachments": attachments}})
    assert (heard.person, heard.skipped, heard.pictures) == ("7", 1, ("https://x/",))


def test_a_message_of_nobody_or_of_another_application_is_not_read():
    with pytest.raises(NotRead):
        read({"event_name": "user_send_text", "message": {"text": "a"}})
    with pytest.raises(NotRead):
        read({"event_name": "user_send_text", "app_id": "2", "sender": {"id": "1"}})


LEAVES = st.none() | st.booleans() | st.integers() | st.text(max_size=8)
ANYTHING = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["text", "attachments", "x"]), inner),
    max_leaves=6,
)


@given(ANYTHING)
def test_whatever_is_signed_is_read_or_refused_in_words(said):
    with contextlib.suppress(NotRead):
        assert read({"event_name": "user_send_text", "sender": {"id": "1"}, "message": said}).person == "1"


@pytest.mark.parametrize(
    ("error", "came"),
    [(0, "sent"), (-216, "renew"), (-220, "renew"), (-124, "renew"), (-32, "later"), (-213, "never"), (-999, "never"),
     (None, "later"), ("0", "later"), (True, "later")],
)  # fmt: skip
def test_each_error_of_the_operator_means_one_thing(error, came):
    assert zalo.outcome(error) == came


def test_facebook_signs_with_an_hmac_and_brings_several():
    messages = [
        {"sender": {"id": "9"}, "message": {"mid": "a", "text": "tra cứu"}},
        {"sender": {"id": "9"}, "message": {"mid": "b", "is_echo": True}},
        {"sender": {"id": "9"}, "delivery": {}},
    ]
    body = json.dumps({"object": "page", "entry": [{"messaging": messages}]}).encode()
    heard = facebook.read(body, facebook.signature(body, "S"), app_secret="S")
    assert [(one.what, one.text) for one in heard] == [(What.SAID, "tra cứu"), (What.OTHER, ""), (What.OTHER, "")]
    for header, secret in (
        ("sha256=00", "S"),
        (facebook.signature(body, "T"), "S"),
        (facebook.signature(body, ""), ""),
    ):
        with pytest.raises(NotSigned):
            facebook.read(body, header, app_secret=secret)


def of_facebook(*messaging: dict[str, Any], page: str = "55") -> list[Any]:
    body = json.dumps({"entry": [{"id": page, "messaging": [{"sender": {"id": "9"}, **one} for one in messaging]}]})
    return facebook.read(body.encode(), facebook.signature(body.encode(), "S"), app_secret="S", account="55")


def test_facebook_brings_buttons_places_and_no_thumbs_for_photos():
    thumb = {"type": "image", "payload": {"url": "https://x/like.png", "sticker_id": 369}}
    photo = {"type": "image", "payload": {"url": "https://x/1.jpg"}}
    place = {"type": "location", "payload": {"coordinates": {"lat": 11.3, "long": 106.1}}}
    button, said = of_facebook(
        {"postback": {"mid": "p1", "title": "Bắt đầu", "payload": "x"}},
        {"message": {"mid": "m1", "attachments": [thumb, photo, place, {"type": "audio"}]}},
    )
    assert (button.what, button.key, button.text) == (What.SAID, "p1", "Bắt đầu")
    assert (said.pictures, said.place, said.skipped) == (("https://x/1.jpg",), Place(11.3, 106.1), 1)


def test_what_is_another_pages_is_not_read():
    with pytest.raises(NotRead):
        of_facebook({"message": {"mid": "m1", "text": "a"}}, page="66")


@pytest.mark.parametrize(
    ("error", "fate"),
    [({"code": 613}, "later"), ({"code": 10, "is_transient": True}, "later"), ({"code": 190}, "renew"),
     ({"code": 551}, "never"), ("x", "never"), (None, "never")],
)  # fmt: skip
def test_facebooks_no_is_final_or_not(error, fate):
    assert facebook.fate(error) == fate


def talk(code: str, *words: str) -> Talk:
    return Talk(code, code, words, words[0], lambda _said: Reply(""))


TALKS = (talk("look_up", "tra cứu", "tc"), talk("report", "phản ánh"), talk("ask", "hỏi", "hỏi đáp"))


@pytest.mark.parametrize(
    ("text", "current", "code", "rest", "goes_on"),
    [
        ("Tra cứu H53.08-261101-0001", "", "look_up", "H53.08-261101-0001", False),
        ("tra cuu: H53", "", "look_up", "H53", False),
        ("TC H53", "report", "look_up", "H53", False),
        ("hỏi đáp làm căn cước", "", "ask", "làm căn cước", False),
        ("hoi lam can cuoc", "", "ask", "lam can cuoc", False),
        ("4321", "look_up", "look_up", "4321", True),
        ("dừng xe sai nơi quy định", "report", "report", "dừng xe sai nơi quy định", True),
    ],
)
def test_a_message_finds_its_talk(text, current, code, rest, goes_on):
    chosen = choose(text, TALKS, current)
    assert isinstance(chosen, Chosen)
    assert (chosen.talk.code, chosen.text, chosen.goes_on) == (code, rest, goes_on)


@pytest.mark.parametrize(
    ("text", "command"),
    [("Dừng", Command.STOP), ("dung.", Command.STOP), ("nhận tin", Command.START), ("Trợ giúp", Command.HELP),
     ("?", Command.HELP), ("liên kết", Command.LINK), ("hủy liên kết", Command.UNLINK)],
)  # fmt: skip
def test_a_command_is_the_whole_message(text, command):
    assert choose(text, TALKS, "report") is command


@pytest.mark.parametrize("text", ["đúng", "Đúng.", "dùng", "dừng xe", "thời", "nhấn tin"])
def test_a_word_with_other_marks_is_no_command(text):
    assert choose(text, TALKS, "") is None


@pytest.mark.parametrize(
    ("text", "command"),
    [("DUNG", Command.STOP), ("dừng!", Command.STOP), ("huỷ", Command.LEAVE), ("tiep", Command.RESUME),
     ("Cám ơn", Command.THANKS), ("???", Command.HELP)],
)  # fmt: skip
def test_a_command_is_known_however_it_is_typed(text, command):
    assert choose(text, TALKS, "report") is command


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("tra cứu H53.204-251123-0001 -BMMQjdzDt-vvWf5", "tra cứu H53.204-251123-0001 …"),
        (
            "Xem:\nhttp://x/tra-cuu/H53.204-251123-0001/-BMMQjdzDt-vvWf5/",
            "Xem:\nhttp://x/tra-cuu/H53.204-251123-0001/…/",
        ),
        ("http://x/kenh/lien-ket/eyJjb250YWN0Ijo3fQ:1xVJ6z:cqUF8k/", "http://x/kenh/lien-ket/…/"),
        ("PA-2026-0000037 ở chợ", "PA-2026-0000037 ở chợ"),
    ],
)
def test_officials_read_messages_without_the_keys_of_cases(text, shown):
    assert without_keys(text) == shown


def test_a_call_with_other_marks_calls_nobody():
    assert choose("hôi thối quá", TALKS, "") is None
    assert choose("HOI lam can cuoc", TALKS, "") == Chosen(TALKS[2], "lam can cuoc")


def test_what_fits_nothing_is_nothing_and_leaving_a_talk_shows_what_can_be_asked():
    assert choose("hôm nay trời đẹp", TALKS, "") is None
    assert choose("", TALKS, "gone") is None
    assert choose("thôi", TALKS, "report") is Command.LEAVE


@given(st.text(max_size=5000), st.integers(10, 2000))
def test_pieces_are_short_enough_and_lose_no_word(text, longest):
    parts = pieces(text, longest)
    assert all(0 < len(part) <= longest for part in parts)
    assert "".join("".join(parts).split()) == "".join(text.split())
