"""Plans as text and as values, what stands in their way, and where each thing goes."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tinhso.kernel.errors import Refusal
from tinhso.kernel.reorganisation.rules import (
    Act,
    Routes,
    State,
    Traits,
    may_follow,
    parse,
    problems,
    routes,
    to_json,
)
from tinhso.kernel.units.rules import Kind, Level, Node, Tree

DAY = date(2025, 7, 1)
LONG_AGO = date(1990, 1, 1)


def node(key: int, code: str, parent: int | None, kind: Kind = Kind.COMMUNE, **more: Any) -> Node:
    said = {"level": Level.COMMUNE, "national_id": "", "begins_on": LONG_AGO, "ends_on": None, **more}
    return Node(id=key, code=code, name=f"Xã {code}", short_name=code, kind=kind, parent_id=parent, **said)


def tree(*more: Node) -> Tree:
    """Province T, communes A, B, C, D with centre and division each, departments X and Y."""
    found = [node(1, "T", None, Kind.PROVINCE), node(2, "X", 1, Kind.DEPARTMENT), node(3, "Y", 1, Kind.DEPARTMENT)]
    for at, code in enumerate("ABCD"):
        key = 10 * (at + 1)
        found += [
            node(key, code, 1, national_id=f"H.{code}"),
            node(key + 1, f"{code}-mc", key, Kind.CENTRE),
            node(key + 2, f"{code}-kt", key, Kind.DIVISION),
        ]
    return Tree({one.id: one for one in (*found, *more)})


def plan(*steps: dict[str, Any], found: tuple[dict[str, Any], ...] = ()) -> Any:
    said = {"code": "p", "title": "P", "decision": "NQ 1", "effective_on": "2025-07-01"}
    return parse({**said, "steps": list(steps), "found": list(found)})


def new(code: str = "N", **more: Any) -> dict[str, Any]:
    return {"code": code, "name": f"Xã {code}", "kind": "commune", "level": "xa", "parent": "T", **more}


def codes(of: Any, known: Tree | None = None) -> list[str]:
    return [one.code for one in problems(of, known or tree())]


def test_a_merger_into_a_new_unit_has_no_problem() -> None:
    assert codes(plan({"merge": ["A", "B"], "into": "N"}, found=(new(),))) == []


def test_a_unit_may_take_in_another_and_live_on() -> None:
    merger = plan({"merge": ["A", "B"], "into": "A"})
    assert codes(merger) == []
    assert merger.dissolved() == ("B",)


@pytest.mark.parametrize(
    ("steps", "found", "expected"),
    [
        ((), (), ["no_steps"]),
        (({"merge": ["A", "Q"], "into": "B"},), (), ["unknown_unit"]),
        (({"merge": ["A"], "into": "B"}, {"merge": ["A"], "into": "C"}), (), ["unit_twice", "unit_twice"]),
        (({"merge": ["A"], "into": "B"}, {"merge": ["B"], "into": "C"}), (), ["goal_ends"]),
        (({"merge": ["A"], "into": "Q"},), (), ["goal_not_living"]),
        (({"merge": ["A"], "into": "A"},), (), ["nothing_ends"]),
        (({"merge": ["A-mc"], "into": "B"},), (), ["not_a_body"]),
        (({"merge": ["T"], "into": "B"},), (), ["not_a_body"]),
        (({"split": "A", "into": ["B"]},), (), ["one_goal"]),
        (({"split": "A", "into": ["B", "C"]},), (), ["one_rest"]),
        (({"abolish": "A", "into": [{"unit": "B", "places": ["ấp 1"]}]},), (), ["one_rest"]),
        (({"competence": "X", "to": "Y"},), (), ["no_procedure"]),
        (({"competence": "X", "to": "X", "fields": ["Đất đai"]},), (), ["to_itself"]),
        (({"competence": "X", "to": "Y", "fields": ["Đất đai"]},) * 2, (), ["competence_twice"]),
        (({"merge": ["A", "B"], "into": "N"},), (new(national_id="H.C"),), ["national_id_taken"]),
        (({"merge": ["A", "B"], "into": "N"},), (new(parent="B"),), ["parent_not_living"]),
        (({"merge": ["A", "B"], "into": "C"},), (new(),), ["founded_unused"]),
        (({"merge": ["A", "B"], "into": "D"},), (new("D"),), ["code_taken"]),
        (({"merge": ["A", "B"], "into": "N" * 29},), (new("N" * 29),), ["too_long"]),
    ],
)  # fmt: skip
def test_what_stands_in_the_way_is_named(steps: Any, found: Any, expected: list[str]) -> None:
    assert codes(plan(*steps, found=found)) == expected


def test_the_new_unit_may_take_the_identifier_of_one_that_ends() -> None:
    assert codes(plan({"merge": ["A", "B"], "into": "N"}, found=(new(national_id="H.A"),))) == []


def test_a_goal_that_ends_before_the_day_is_refused() -> None:
    ended = tree(node(90, "E", 1, ends_on=date(2025, 6, 1)))
    assert codes(plan({"merge": ["A"], "into": "E"}), ended) == ["goal_not_living"]


def test_parts_go_to_the_same_part_and_a_founded_unit_gets_those_of_the_units_before() -> None:
    known = tree()
    found = routes(plan({"merge": ["A", "B"], "into": "N"}, found=(new(),)), known)
    assert [(code, route.to()) for code, route in found.by_unit.items()] == [
        ("A", "N"), ("A-mc", "N-mc"), ("A-kt", "N-kt"), ("B", "N"), ("B-mc", "N-mc"), ("B-kt", "N-kt"),
    ]  # fmt: skip
    assert [(part.suffix, part.kind) for part in found.parts["N"]] == [("mc", "centre"), ("kt", "division")]


def test_a_division_without_its_like_goes_to_the_unit_itself_and_a_centre_to_the_centre() -> None:
    bare = tree(node(90, "E", 1), node(91, "E-motcua", 90, Kind.CENTRE))
    found = routes(plan({"merge": ["A"], "into": "E"}), bare)
    assert {code: route.to() for code, route in found.by_unit.items()} == {"A": "E", "A-mc": "E-motcua", "A-kt": "E"}


def test_a_split_goes_by_place_procedure_field_and_official_and_the_rest_to_one() -> None:
    ways = [{"unit": "B", "places": ["ấp Tân Hòa"]}, {"unit": "C", "officials": ["lan"], "fields": ["Đất đai"]}, "D"]
    route = routes(plan({"split": "A", "into": ways}), tree()).by_unit["A"]
    assert route.to(Traits(place="Số 3, Ấp Tân Hoà, Xã A")) == "B"
    assert route.to(Traits(field="Đất đai", official="lan")) == "C"
    assert route.to(Traits(field="Đất đai", official="minh")) == "D"
    assert route.to() == "D"
    assert route.main == "D"


def test_a_unit_from_which_a_part_is_split_off_keeps_the_rest() -> None:
    found = routes(plan({"split": "A", "into": [{"unit": "B", "places": ["ấp 1"]}, "A"]}), tree())
    assert found.ending == ()
    assert found.by_unit["A"].to(Traits(place="ấp 1")) == "B"
    assert found.by_unit["A"].to() is None
    assert found.by_unit["A-mc"].to() is None


def test_competence_moves_what_it_names_and_the_unit_lives_on() -> None:
    found = routes(plan({"competence": "X", "to": "Y", "procedures": ["1.004194"]}), tree())
    assert found.by_unit["X"].to(Traits(procedure="1.004194")) == "Y"
    assert found.by_unit["X"].to(Traits(procedure="1.000001")) is None
    assert found.ending == ()


def test_what_cannot_be_read_is_refused_with_what_is_missing() -> None:
    for content in ({}, {"code": "p", "title": "P", "decision": "D", "effective_on": "mai"}):
        with pytest.raises(Refusal) as refused:
            parse(content)
        assert refused.value.code == "reorganisation.unreadable"
    with pytest.raises(Refusal, match="đúng một trong"):
        plan({"merge": ["A"], "split": "B", "into": "C"})


@pytest.mark.parametrize(
    ("state", "acts"),
    [
        (State.DRAFT, {Act.EDIT, Act.REHEARSE}),
        (State.REHEARSED, {Act.EDIT, Act.REHEARSE, Act.SCHEDULE}),
        (State.SCHEDULED, {Act.CALL_OFF, Act.START}),
        (State.RUNNING, {Act.START}),
        (State.DONE, {Act.START, Act.VERIFY, Act.UNDO}),
        (State.VERIFIED, {Act.START, Act.VERIFY, Act.UNDO}),
        (State.UNDOING, {Act.START}),
        (State.UNDONE, set()),
    ],
)
def test_each_state_opens_these_acts(state: State, acts: set[Act]) -> None:
    assert {act for act in Act if may_follow(state, act)} == acts


BODIES = st.sampled_from(["A", "B", "C", "D", "X", "Y", "N", "Q", "A-mc", "T"])
WORDS = st.lists(st.sampled_from(["ấp 1", "ấp 2", "lan", "1.004194"]), max_size=2)
WAYS = st.one_of(BODIES, st.fixed_dictionaries({"unit": BODIES, "places": WORDS, "procedures": WORDS}))
STEPS = st.one_of(
    st.fixed_dictionaries({"merge": st.lists(BODIES, min_size=1, max_size=3), "into": BODIES}),
    st.fixed_dictionaries({"abolish": st.lists(BODIES, min_size=1, max_size=3), "into": st.lists(WAYS, min_size=1)}),
    st.fixed_dictionaries({"split": BODIES, "into": st.lists(WAYS, min_size=1, max_size=3)}),
    st.fixed_dictionaries({"competence": BODIES, "to": BODIES, "procedures": WORDS}),
)
TRAITS = st.builds(Traits, procedure=st.sampled_from(["", "1.004194"]), place=st.sampled_from(["", "ấp 1", "ấp 2"]))


@settings(max_examples=150, deadline=None)
@given(steps=st.lists(STEPS, max_size=4), founds=st.booleans(), traits=TRAITS)
def test_a_plan_without_problems_sends_everything_to_a_unit_that_lives_and_reads_back_the_same(
    steps: list[Any], founds: bool, traits: Traits
) -> None:
    known, said = tree(), plan(*steps, found=(new(),) if founds else ())
    assert parse(to_json(said)) == said
    if problems(said, known):
        return
    found = routes(said, known)
    assert Routes.from_json(found.to_json()) == found
    living = set(known.by_code) - set(found.ending)
    living |= {"N"} | {f"N-{part.suffix}" for part in found.parts.get("N", ())} if founds else set()
    for code, route in found.by_unit.items():
        goal = route.to(traits)
        assert goal is None or goal in living
        assert goal is not None or not route.ends, f"{code} ends and something of it goes nowhere"
        assert not route.ends or route.main in living
    assert len(set(found.ending)) == len(found.ending)
