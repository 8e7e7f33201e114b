from datetime import UTC, date, datetime

import pytest

from tinhso.kernel.api import rules
from tinhso.kernel.people.rules import EVERYWHERE, Actor, ActorKind

ACTOR = Actor(ActorKind.OFFICIAL, 1, rights={"a.see": EVERYWHERE, "a.sign": EVERYWHERE})


@pytest.mark.parametrize(
    ("scopes", "rights"),
    [
        ([], {"a.see", "a.sign"}),
        (["read", "write"], {"a.see", "a.sign"}),
        (["read", "a.see"], {"a.see"}),
        (["a.unheard"], set()),
    ],
)
def test_scopes_take_rights_away_and_never_add_one(scopes, rights):
    assert set(rules.narrowed(ACTOR, scopes).rights) == rights


@pytest.mark.parametrize(
    ("scopes", "method", "allowed"),
    [(["read"], "GET", True), (["read"], "POST", False), (["write"], "POST", True), (["read"], "DELETE", False)],
)
def test_only_a_key_with_write_may_write(scopes, method, allowed):
    assert rules.may_use(scopes, method) is allowed


def test_a_key_has_256_random_bits_and_is_kept_only_as_a_hash():
    first, second = rules.new_secret(), rules.new_secret()
    assert first.text.startswith(f"ts_{first.prefix}_")
    assert len(first.text) == 3 + 8 + 1 + 43
    assert first.text != second.text
    assert first.hash == rules.hash_of(first.text)
    assert len(first.hash) == 32


@pytest.mark.parametrize(
    "values",
    [["Ánh", 7], [datetime(2026, 3, 2, 1, 30, 0, 5, tzinfo=UTC), 1], [date(2026, 3, 2), 2]],
)
def test_a_page_key_says_again_what_it_was_made_of(values):
    assert rules.from_key(rules.to_key(values), 2) == values


@pytest.mark.parametrize("text", ["", "x", "%%%", "bnVsbA", "W10", "WzFd", "W1sxXSwyXQ", "W3siYSI6MX0sMV0", "é"])
def test_what_is_no_page_key_is_none(text):
    assert rules.from_key(text, 2) is None


@pytest.mark.parametrize(
    ("remote", "forwarded", "proxies", "address"),
    [
        ("10.0.0.1", "", 0, "10.0.0.1"),
        ("10.0.0.1", "1.2.3.4", 0, "10.0.0.1"),
        ("10.0.0.1", "6.6.6.6, 1.2.3.4", 1, "1.2.3.4"),
        ("10.0.0.1", "6.6.6.6, 1.2.3.4, 10.0.0.9", 2, "1.2.3.4"),
        ("10.0.0.1", "1.2.3.4", 2, "10.0.0.1"),
        ("10.0.0.1", "not an address", 1, "unknown"),
        ("", "", 0, "unknown"),
        ("2001:DB8::1", "", 0, "2001:db8::1"),
    ],
)
def test_only_what_our_own_proxies_wrote_is_believed(remote, forwarded, proxies, address):
    assert rules.address_of_caller(remote, forwarded, proxies) == address


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("1.2.3.4", "1.2.3.4"),
        ("2001:db8:1:2:3::4", "2001:db8:1:2::/64"),
        ("::ffff:1.2.3.4", "1.2.3.4"),
        ("unknown", "unknown"),
    ],
)
def test_one_connection_is_one_caller(address, network):
    assert rules.network_of(address) == network


def test_neighbouring_parts_of_a_request_cannot_pass_for_each_other():
    assert rules.fingerprint([b"ab", b"c"]) != rules.fingerprint([b"a", b"bc"])
