"""What modules declare is checked when the program starts."""

from __future__ import annotations

from typing import Any

import pytest

from tinhso.kernel.manifest import Entry, Fact, Family, ManifestError, Module, Panel, Registry, Role, registry


def _follow(**said: Any) -> None:
    """A follower that has nothing to do."""


def _module(code: str, **said: Any) -> Module:
    return Module(code=code, name=code, family=Family.SERVICES, **said)


def test_a_module_may_follow_the_entries_of_one_that_comes_later() -> None:
    registry = Registry()
    registry.add(_module("early", followers={"late.speak": (_follow,)}))
    registry.add(_module("late", entries=(Entry("late.speak", "nói"),)))
    registry.check()
    assert registry.followers == {"late.speak": (_follow,)}


def test_a_follower_of_a_verb_that_nobody_declares_stops_the_program() -> None:
    registry = Registry()
    registry.add(_module("lonely", followers={"never.said": (_follow,)}))
    with pytest.raises(ManifestError, match=r"lonely follows 'never.said'"):
        registry.check()


def test_a_code_is_declared_once() -> None:
    registry = Registry()
    registry.add(_module("one", entries=(Entry("same.verb", "một"),)))
    with pytest.raises(ManifestError, match=r"'same.verb' is declared twice"):
        registry.add(_module("two", entries=(Entry("same.verb", "hai"),)))


def test_a_role_names_only_known_permissions_and_a_fact_only_known_entries() -> None:
    with pytest.raises(ManifestError, match="unknown permissions"):
        Registry().add(_module("roles", roles=(Role("x", "X", frozenset({"nobody.may"})),)))
    with pytest.raises(ManifestError, match=r"is counted from 'never.said'"):
        Registry().add(_module("facts", facts=(Fact("f", "F", "never.said"),)))


def test_panels_come_in_their_order_for_one_place_only() -> None:
    registry = Registry()
    late, early = Panel("case", "Sau", "x:late", order=60), Panel("case", "Trước", "x:early", order=10)
    registry.add(_module("panels", panels=(late, early, Panel("tracking", "Khác", "x:other"))))
    assert registry.panels("case") == [early, late]


def test_no_two_lines_of_the_menu_are_opened_by_the_same_keys() -> None:
    keys = ["g h", *(line.key for line in registry.collect("menu") if line.key)]  # g h leads home
    assert sorted(keys) == sorted(set(keys))
