from __future__ import annotations

from datetime import UTC, datetime

import pytest

from tinhso.kernel.pictures import rules
from tinhso.kernel.pictures.rules import Region

NOW = datetime(2026, 11, 16, 2, tzinfo=UTC)


def test_position_is_read_from_degrees_minutes_and_seconds():
    assert rules.position({1: "N", 2: (11, 18, 36.36), 3: "E", 4: (106, 5, 58.2)}) == (11.3101, 106.0995)


def test_south_and_west_are_negative():
    assert rules.position({1: "S", 2: (11, 0, 0), 3: "W", 4: (106, 30, 0)}) == (-11.0, -106.5)


@pytest.mark.parametrize(
    "gps",
    [
        {},
        {1: "N", 2: (11, 18)},
        {1: "N", 2: "x" * 9000, 3: "E", 4: (106, 5, 0)},
        {1: "N", 2: (0, 0, 0), 3: "E", 4: (0, 0, 0)},
        {1: "N", 2: (95, 0, 0), 3: "E", 4: (106, 5, 0)},
        {1: "N", 2: (float("nan"), 0, 0), 3: "E", 4: (106, 5, 0)},
    ],
)
def test_broken_positions_count_as_none(gps):
    assert rules.position(gps) is None


def test_a_clock_without_zone_is_ours():
    assert rules.moment("2026:11:16 08:15:00", None, before=NOW) == datetime(2026, 11, 16, 1, 15, tzinfo=UTC)


def test_a_clock_with_zone_is_believed():
    assert rules.moment("2026:11:16 01:15:00", "+00:00", before=NOW) == datetime(2026, 11, 16, 1, 15, tzinfo=UTC)


@pytest.mark.parametrize("text", ["", "hôm qua", "2026:13:40 08:00:00", "1970:01:01 00:00:00", "2031:01:01 00:00:00"])
def test_clocks_that_were_never_set_count_as_none(text):
    assert rules.moment(text, "+99:99", before=NOW) is None


def test_a_plain_picture_has_no_fingerprint():
    assert rules.fingerprint([[100] * 9] * 8) == 0
    assert not rules.is_same(0, 0)


def test_fingerprints_fit_a_signed_number_of_64_bits():
    rows = [[255, 0] * 4 + [255]] * 8
    assert rules.fingerprint(rows) == 0x5555555555555555
    assert rules.fingerprint([[0, 255] * 4 + [0]] * 8) == 0xAAAAAAAAAAAAAAAA - (1 << 64)


def test_six_bits_apart_is_the_same_and_seven_is_not():
    assert rules.is_same(0x5555555555555555, 0x5555555555555555 ^ 0b111111)
    assert not rules.is_same(0x5555555555555555, 0x5555555555555555 ^ 0b1111111)


def test_a_part_grows_on_every_side_and_stays_in_the_picture():
    assert Region(0.0, 0.5, 0.5, 0.5).grown(0.5) == Region(0.0, 0.25, 0.75, 0.75)


def test_what_lies_in_another_part_is_left_out():
    assert rules.joined([Region(0.1, 0.1, 0.1, 0.1), Region(0.0, 0.0, 0.5, 0.5)]) == (Region(0.0, 0.0, 0.5, 0.5),)


@pytest.mark.parametrize("drawn", [("a", 0, 1, 1), (None, 0, 1, 1), (1.5, 0, 1, 1), (0.2, 0.2, 0, 0.1)])
def test_what_nobody_could_have_drawn_is_no_part(drawn):
    assert rules.region(*drawn) is None


def test_a_part_drawn_over_the_edge_is_cut():
    assert rules.region("0.75", "-0.25", "0.5", "0.5") == Region(0.75, 0.0, 0.25, 0.25)
