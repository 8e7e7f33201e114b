"""What claims mean, and whether a proof is strong and fresh enough."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import msgspec
import pytest

from tinhso.kernel.identity.rules import (
    Kind,
    Place,
    Proof,
    Provider,
    all_places,
    first_of_network,
    places,
    read_providers,
    understood,
)

NOW = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)
PROVIDER: dict[str, Any] = {"code": "vneid", "name": "VNeID", "issuer": "https://id.test", "client_id": "tinhso"}


def provider(**more: Any) -> Provider:
    return read_providers({"providers": [PROVIDER | more]})[0]


def test_claims_are_read_by_the_names_in_the_settings() -> None:
    named = provider(claims={"identity_number": "so_dinh_danh", "born_on": "ngay_sinh", "full_name": "ho_ten"})
    said = understood(named, {"sub": "abc", "so_dinh_danh": "079190012346", "ngay_sinh": "15/03/1990",
                              "ho_ten": "Nguyễn Thị  Lan", "phone_number": "0912 345 678"})  # fmt: skip
    assert (said.subject, said.identity_number, said.born_on) == ("abc", "079190012346", date(1990, 3, 15))
    assert (said.full_name, said.phone) == ("Nguyễn Thị Lan", "+84912345678")


@pytest.mark.parametrize("claims", [
    {"personal_number": "12"}, {"personal_number": ["079190012346"]}, {"birthdate": "31/02/2000"},
    {"phone_number": "1"}, {"email": "nobody"}, {"tax_code": "0100109107"}, {"groups": "one"}, {"name": None},
])  # fmt: skip
def test_what_cannot_be_counts_as_not_said(claims: dict[str, Any]) -> None:
    assert understood(provider(), {"sub": "a", **claims}) == understood(provider(), {"sub": "a"})


@pytest.mark.parametrize(("settings", "claims", "level"), [
    ({"levels": {"1": 1, "2": 2}}, {"account_level": "2"}, 2),
    ({"levels": {"1": 1, "2": 2}}, {"account_level": 1}, 1),
    ({"levels": {"1": 1}}, {"account_level": "9"}, 0),
    ({"levels": {"2": 2}, "acr": {"1": "a", "2": "b"}}, {"account_level": "2", "acr": "a"}, 1),
    ({"levels": {"1": 1}, "acr": {"1": "a", "2": "b"}}, {"account_level": "1", "acr": "b"}, 1),
    ({"levels": {"2": 2}, "acr": {"1": "a", "2": "b"}}, {"account_level": "2"}, 0),
    ({"acr": {"1": "a", "2": "b"}}, {"acr": "b"}, 2),
    ({"levels": {"2": 2}, "kinds": {"fo": "foreigner"}}, {"account_level": "2", "account_type": "fo"}, 0),
    ({"levels": {"2": 2}, "kinds": {"or": "organisation"}}, {"account_level": "2", "account_type": "or"}, 0),
])  # fmt: skip
def test_a_level_is_what_this_sign_in_proved_and_never_above_the_accounts_own(
    settings: dict[str, Any], claims: dict[str, Any], level: int
) -> None:
    assert understood(provider(**settings), {"sub": "a", **claims}).level == level


def test_a_citizens_provider_makes_no_officials() -> None:
    assert understood(provider(kinds={"x": "citizen"}), {"sub": "a", "account_type": "official"}).kind is Kind.CITIZEN
    directory = provider(audience="officials")
    assert understood(directory, {"sub": "a", "account_type": "citizen"}).kind is Kind.OFFICIAL


def test_a_level_is_asked_for_with_all_that_reach_it() -> None:
    known = provider(acr={"1": "a", "2": "b"})
    assert (known.acr_for(0), known.acr_for(1), known.acr_for(2)) == ("", "a b", "b")


def test_groups_give_their_places_and_decide_about_no_others() -> None:
    known = provider(groups={"a": [{"unit": "XA", "role": "r"}], "b": [{"unit": "XB"}, {"unit": "XA", "role": "r"}]})
    assert places(known, ["a", "unknown"]) == {Place("XA", "r")}
    assert all_places(known) == {Place("XA", "r"), Place("XB")}


@pytest.mark.parametrize("wrong", [
    {"issuer": "http://id.test"}, {"scope": "profile"}, {"code": "a b"}, {"unknown": 1}, {"audience": "all"},
])  # fmt: skip
def test_an_identity_file_that_is_wrong_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises((ValueError, msgspec.ValidationError)):
        provider(**wrong)


def test_two_providers_of_one_code_are_refused() -> None:
    with pytest.raises(ValueError, match="same code"):
        read_providers({"providers": [PROVIDER, PROVIDER]})


@pytest.mark.parametrize(("proof", "level", "lacks"), [
    (Proof(2, NOW), 2, ""), (Proof(1, NOW), 2, "level"), (Proof(0, NOW, has_levels=False), 2, ""),
    (Proof(2, None), 0, "age"), (Proof(2, NOW - timedelta(minutes=10)), 2, ""),
    (Proof(2, NOW - timedelta(minutes=10, seconds=1)), 2, "age"),
])  # fmt: skip
def test_a_proof_is_strong_and_fresh_or_not_enough(proof: Proof, level: int, lacks: str) -> None:
    assert proof.lacks(level=level, within=timedelta(minutes=10), now=NOW) == lacks


@pytest.mark.parametrize(
    ("address", "first"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("2001:db8:1:2:ffff::9", "2001:db8:1:2::"),
        ("2001:db8:1:2::1", "2001:db8:1:2::"),
        ("2001:db8:1:3::1", "2001:db8:1:3::"),
        ("::ffff:203.0.113.7", "::ffff:203.0.113.7"),
        ("unknown", "unknown"),
    ],
)
def test_addresses_of_one_network_are_one_caller(address, first):
    assert first_of_network(address) == first
