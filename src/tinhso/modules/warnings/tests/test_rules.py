"""What a bulletin must say and how it reads in the Common Alerting Protocol, without a database."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from defusedxml import ElementTree

from tinhso.kernel.errors import Refusal
from tinhso.modules.warnings.rules import (
    KINDS,
    LEVELS,
    Kind,
    Level,
    Text,
    Verb,
    audience,
    cap,
    check_move,
    check_second_person,
    check_text,
)

AT = datetime(2026, 11, 22, 2, tzinfo=UTC)
GOOD = Text("Mưa lớn", "Mưa lớn từ chiều nay.", "Ở nhà.", Level.CARE, AT, AT + timedelta(days=1), frozenset({1}))


@pytest.mark.parametrize(
    "change",
    [
        {},
        {"title": "x" * 5},
        {"title": "x" * 160},
        {"advice": ""},
        {"advice": "x" * 1000},
        {"areas": frozenset(range(200))},
    ],
)
def test_a_good_bulletin_passes_up_to_the_bounds(change: dict[str, Any]) -> None:
    assert check_text(replace(GOOD, **change), AT) is None


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"title": "Mưa"}, "title"),
        ({"title": "x" * 161}, "title"),
        ({"body": "ngắn"}, "body"),
        ({"advice": "x" * 1001}, "advice"),
        ({"level": 5}, "level"),
        ({"areas": frozenset()}, "areas"),
        ({"areas": frozenset(range(201))}, "areas"),
        ({"expires_at": AT}, "expires_at"),
        ({"begins_at": AT + timedelta(days=2)}, "expires_at"),
        ({"expires_at": AT + timedelta(days=31)}, "expires_at"),
    ],
)
def test_a_bad_bulletin_is_refused_at_its_field(change: dict, field: str) -> None:
    with pytest.raises(Refusal) as no:
        check_text(replace(GOOD, **change), AT)
    assert no.value.field == field


def test_what_is_published_is_not_changed_and_a_draft_not_published() -> None:
    for verb, state in ((Verb.CHANGE, "published"), (Verb.PUBLISH, "draft"), (Verb.WITHDRAW, "replaced")):
        with pytest.raises(Refusal, match="bước khác"):
            check_move(verb, state)


def test_nobody_publishes_what_they_wrote() -> None:
    check_second_person(1, 2)
    with pytest.raises(Refusal, match="thứ hai"):
        check_second_person(1, 1)


def test_an_area_concerns_those_below_and_above_it() -> None:
    assert audience([5], [5, 51], [1]) == {1, 5, 51}


def message(**changes: object) -> cap.Message:
    said = cap.Message(
        identifier=cap.identifier("tinh.example", "CB-2026-0001", 1), sender="tinh.example", sender_name="UBND tỉnh",
        sent_at=AT, is_cancelling=False, is_test=False, kind=Kind.FLOOD, level=Level.EMERGENCY, title="Lũ <to> & xa",
        body="Nước lên\x0b.", advice="Lên cao.", begins_at=AT, expires_at=AT + timedelta(hours=6), web="http://x/",
        areas=[cap.Area("Tân Ninh", "xa-1"), cap.Area("Cả tỉnh")],
    )  # fmt: skip
    return replace(said, **changes)


def read(said: cap.Message) -> dict[str, str]:
    root = ElementTree.fromstring(cap.written(said))
    assert root.tag == f"{{{cap.NAMESPACE}}}alert"
    return {one.tag.partition("}")[2]: one.text or "" for one in root.iter()}


def test_a_bulletin_is_an_alert_with_times_that_have_a_zone() -> None:
    told = read(message())
    assert (told["identifier"], told["msgType"], told["status"]) == ("tinh.example/CB-2026-0001.1", "Alert", "Actual")
    assert (told["severity"], told["urgency"], told["category"]) == ("Extreme", "Immediate", "Met")
    assert (told["headline"], told["description"]) == ("Lũ <to> & xa", "Nước lên.")
    assert told["sent"] == "2026-11-22T02:00:00+00:00"
    assert "references" not in told


def test_elements_stand_in_the_order_of_the_standard() -> None:
    root = ElementTree.fromstring(cap.written(message(before=("a", AT))))
    order = [one.tag.partition("}")[2] for one in root]
    assert order == ["identifier", "sender", "sent", "status", "msgType", "scope", "references", "info"]
    assert [one.tag.partition("}")[2] for one in root[-1]] == [
        "language", "category", "event", "responseType", "urgency", "severity", "certainty", "effective", "onset",
        "expires", "senderName", "headline", "description", "instruction", "web", "area", "area",
    ]  # fmt: skip


def test_an_update_names_what_it_updates_and_a_cancellation_what_it_cancels() -> None:
    earlier = ("tinh.example/CB-2026-0001.1", AT)
    assert read(message(before=earlier))["msgType"] == "Update"
    told = read(message(before=earlier, is_cancelling=True, begins_at=AT + timedelta(hours=1)))
    assert (told["msgType"], told["urgency"]) == ("Cancel", "Past")
    assert told["references"] == "tinh.example,tinh.example/CB-2026-0001.1,2026-11-22T02:00:00+00:00"


def test_what_demonstrates_is_a_test_and_what_lies_ahead_is_likely() -> None:
    told = read(message(is_test=True, begins_at=AT + timedelta(hours=1)))
    assert (told["status"], told["urgency"], told["certainty"]) == ("Test", "Future", "Likely")


def test_every_kind_and_level_has_words_of_the_standard() -> None:
    assert set(KINDS) == set(Kind)
    assert {said[2] for said in KINDS.values()} <= {
        "Geo", "Met", "Safety", "Security", "Rescue", "Fire", "Health", "Env", "Transport", "Infra", "CBRNE", "Other",
    }  # fmt: skip
    assert [LEVELS[level][2] for level in Level] == ["Minor", "Moderate", "Severe", "Extreme"]
