"""Scores of a whole country: ``python -m bench.scorecards``, and “save a score” for ``bench.operations``.

A round of 3,321 communes × 79 criteria is scored from frozen inputs: the exact integers of the platform beside a bare
evaluation of the same rules in floating point, in CPU time. Wanted: at most 1 s, and at most five times the bare one.
A hundred such rounds (editions × years) and a hundred of 34 provinces × 98 criteria follow, and the trial of all ranks
under other weights and bounds. With the reading of a closed round from the database, ``tinhso score recompute`` is
measured as well.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from functools import partial
from statistics import median
from typing import TYPE_CHECKING, Any

from bench.ground import cpu, database, missed, room, said, written

if TYPE_CHECKING:
    from bench.loading import Ask
    from bench.operations import Operation, World

MOST_SECONDS, MOST_TIMES = 1.0, 5.0
TURNS = 15
COMMUNES, PROVINCES, ROUNDS = 3_321, 34, 100
MOST_TRIAL_SECONDS = 2.0
NEARLY = 1e-7  # a float that should be a half may fall this short of it; no other fraction of these inputs is so near


def main() -> int:
    parser = argparse.ArgumentParser(prog="bench.scorecards", description=__doc__)
    parser.add_argument("--units", type=int, default=COMMUNES)
    parser.add_argument("--no-database", action="store_true", help="only the evaluation")
    asked = parser.parse_args()
    found = evaluation(asked.units) | nation(asked.units) | trial(asked.units)
    if not asked.no_database:
        with room() as home, database(home):
            found |= recomputed(asked.units)
    said(found)
    written(found, "scorecards")
    times = {f"{ROUNDS} rounds of {words}, times the bare ones": MOST_TIMES for words in ("communes", "provinces")}
    wanted = {
        "exact seconds": MOST_SECONDS, "times the bare one": MOST_TIMES, "units that differ": 0,
        "ranks tried, seconds": MOST_TRIAL_SECONDS, **times,
    }  # fmt: skip
    return 1 if missed(found, wanted) else 0


def edition(name: str = "commune-79") -> Any:
    from importlib.resources import files

    import yaml

    from tinhso.modules.scorecards.rules.editions import edition_from

    text = files("tinhso.modules.scorecards").joinpath(f"seeds/{name}.yaml").read_text(encoding="utf-8")
    return edition_from(yaml.safe_load(text))


def inputs_of(read: Any, units: int) -> Any:
    """Numbers as communes give them: counts of part and whole; one in fifty is empty, one in fifty is zero."""
    import numpy as np

    from tinhso.modules.scorecards.rules.editions import Kind
    from tinhso.modules.scorecards.rules.numbers import EMPTY, UNIT

    rng = np.random.default_rng(1)
    made = np.empty((units, len(read.columns)), dtype=np.int64)
    choices = {Kind.YES_NO: 2, Kind.OPTIONS: 3, Kind.STEPS: 6}
    for place, (code, name) in enumerate(read.columns):
        one = read.by_code[code]
        is_whole = name == "b" and one.rule.kind is not Kind.PARTS
        top = 2 if one.rule.kind is Kind.PARTS else choices.get(one.rule.kind, 16_000)
        top = 20_000 if is_whole and len(one.inputs) == 2 else 16_000 if len(one.inputs) == 2 and top > 2 else top
        made[:, place] = rng.integers(0, top, units) * UNIT
    made[rng.random(made.shape) < 0.02] = EMPTY
    made[rng.random(made.shape) < 0.02] = 0
    return made


def evaluation(units: int) -> dict[str, Any]:
    """CPU seconds of one evaluation, exact and bare: the median of several, taken in turn."""
    from tinhso.modules.scorecards.rules.plans import Plan

    read = edition()
    plan, inputs = Plan(read), inputs_of(read, units)
    bare = bare_evaluation(read, plan, inputs)
    apart = differing(read, plan, inputs)
    took: dict[str, list[float]] = {"exact": [], "bare": []}
    for _ in range(TURNS):
        took["bare"].append(cpu(bare))
        took["exact"].append(cpu(lambda: plan.evaluate(inputs)))
    mine, theirs = median(took["exact"]), median(took["bare"])
    return {
        "units": units, "cells": units * len(read.criteria), "exact seconds": mine, "bare seconds": theirs,
        "times the bare one": mine / theirs, "units that differ": apart,
    }  # fmt: skip


def differing(read: Any, plan: Any, inputs: Any) -> int:
    """How many units' points add up to another sum in the bare program: none."""
    bare = bare_evaluation(read, plan, inputs)()
    return int((abs(plan.evaluate(inputs).sums / plan.scale - bare) > 1e-9).sum())


def nation(units: int) -> dict[str, Any]:
    """CPU seconds of a hundred rounds each, editions × years: all communes by 79 criteria, all provinces by the 98 of
    DTI 2022; every edition read and made ready anew, ranks too. The bare ones are made ready anew as well."""
    found: dict[str, Any] = {}
    for words, name, number in (("communes", "commune-79", units), ("provinces", "dti-2022", PROVINCES)):
        read = edition(name)
        inputs = inputs_of(read, number)
        found |= {
            f"{ROUNDS} rounds of {words}, seconds": cpu(partial(_rounds, read, inputs)),
            f"{ROUNDS} rounds of {words}, times the bare ones": _beside(read, inputs),
        }
    return found


def _rounds(read: Any, inputs: Any) -> None:
    from tinhso.modules.scorecards.rules import totals
    from tinhso.modules.scorecards.rules.plans import Plan

    for _ in range(ROUNDS):
        totals.ranks([(total,) for total in Plan(read).evaluate(inputs).totals.tolist()])


def _beside(read: Any, inputs: Any) -> float:
    """How many times as much as the bare program a hundred rounds of one edition take: the evaluation alone."""
    from tinhso.modules.scorecards.rules.plans import Plan

    plan = Plan(read)
    bare = bare_evaluation(read, plan, inputs)
    mine = cpu(lambda: [plan.evaluate(inputs) for _ in range(ROUNDS)])
    return mine / cpu(lambda: [bare() for _ in range(ROUNDS)])


def trial(units: int) -> dict[str, Any]:
    """CPU seconds of trying all ranks of one group of so many communes: 500 draws of weights and bounds."""
    from tinhso.modules.scorecards.rules.plans import Plan
    from tinhso.modules.scorecards.rules.robustness import DRAWS, Given, intervals

    read = edition()
    inputs = inputs_of(read, units)
    points = Plan(read).evaluate(inputs).points.tolist()
    given = [Given(row, points[n], {}) for n, row in enumerate(inputs.tolist())]
    ranks = [1] * units
    took = median(cpu(lambda: intervals(read, given, ranks)) for _ in range(3))
    return {"draws": DRAWS, "ranks tried, seconds": took}


def bare_evaluation(read: Any, plan: Any, inputs: Any) -> Callable[[], Any]:
    """The same rules as anybody would write them with NumPy: floats, one array at a time, no check of anything.

    Gives what each unit's points add up to. It rounds halves up and says nought of nought is nothing, as the rules do:
    so its sums are the platform's, to the last hundredth."""
    import numpy as np

    from tinhso.modules.scorecards.rules.editions import Kind
    from tinhso.modules.scorecards.rules.numbers import EMPTY, UNIT

    numbers = np.where(inputs == EMPTY, np.nan, inputs / UNIT).T.copy()
    kinds = {kind: [one for one in read.criteria if one.rule.kind is kind] for kind in Kind}
    ratios = [*kinds[Kind.RATIO], *kinds[Kind.THRESHOLD]]
    a = [plan.column[one.code, "a"] for one in ratios]
    b = [plan.column[one.code, "b"] for one in ratios]
    target = np.array([float(one.rule.target) for one in ratios])[:, None]
    most = np.array([float(one.points) for one in ratios])[:, None]
    others = [one for kind in _BARE for one in kinds[Kind(kind)]]

    def rounded(points: Any) -> Any:
        return np.floor(np.nan_to_num(points) * plan.scale + 0.5 + NEARLY) / plan.scale

    def quotient(top: Any, whole: Any) -> Any:
        return np.divide(top, whole, out=np.zeros_like(whole), where=whole != 0)

    def evaluate() -> Any:
        with np.errstate(invalid="ignore"):
            made = [rounded(np.clip(quotient(numbers[a], numbers[b]) / target, 0, 1) * most)]
            for one in others:
                own = numbers[[plan.column[one.code, wanted.code] for wanted in one.inputs]]
                made.append(rounded(_BARE[one.rule.kind](np, one, own, quotient))[None])
        return np.concatenate(made).sum(axis=0)

    return evaluate


def _bare_steps(np: Any, one: Any, own: Any, quotient: Callable[[Any, Any], Any]) -> Any:
    value = own[0] if len(own) == 1 else 100 * quotient(own[0], own[1])
    share = np.zeros_like(value)
    for step in sorted(one.rule.steps, key=lambda step: step.share):
        share = np.where(value >= float(step.bound), float(step.share), share)
    if len(own) == 2:
        share[own[1] == 0] = 0
    return share * float(one.points)


def _bare_options(np: Any, one: Any, own: Any, quotient: Callable[[Any, Any], Any]) -> Any:
    table = np.array([*(float(share) for _, share in one.rule.choices), 0.0])
    return table[np.nan_to_num(own[0], nan=-1).astype(int)] * float(one.points)


def _bare_parts(np: Any, one: Any, own: Any, quotient: Callable[[Any, Any], Any]) -> Any:
    return sum(float(wanted.share) * row for wanted, row in zip(one.inputs, own, strict=True)) * float(one.points)


_BARE: dict[str, Callable[..., Any]] = {
    "yes_no": lambda np, one, own, _: own[0] * float(one.points),
    "judged": lambda np, one, own, _: np.clip(own[0], 0, float(one.points)),
    "options": _bare_options, "steps": _bare_steps, "parts": _bare_parts,
}  # fmt: skip


def recomputed(units: int) -> dict[str, Any]:
    """A closed round of so many units, read and computed again: what ``tinhso score recompute`` does."""
    from django.utils import timezone

    from tinhso.kernel.units.models import Unit
    from tinhso.modules.scorecards.actions import editions
    from tinhso.modules.scorecards.models import Card, CriteriaEdition, Round
    from tinhso.modules.scorecards.queries import editions as reading
    from tinhso.modules.scorecards.queries import frozen
    from tinhso.modules.scorecards.rules import bundles
    from tinhso.modules.scorecards.rules.numbers import unscaled

    at = timezone.now()
    editions.load_seeds(at=at)
    version = CriteriaEdition.objects.get(criteria_set__code="commune-dt")
    read = reading.of(version)
    Unit.objects.bulk_create(
        Unit(code=f"do-tai-{n}", name=f"Xã {n}", short_name=f"X. {n}", kind="commune", level="xa",
             commune_kind="xa", begins_on=date(2025, 7, 1)) for n in range(units)
    )  # fmt: skip
    round_ = Round.objects.create(
        code="do-tai", name="Đo tải", edition=version, since=date(2026, 1, 1), until=date(2026, 12, 31), due_at=at,
        opened_at=at, state="closed", closed_at=at,
    )  # fmt: skip
    rows = [tuple(row) for row in inputs_of(read, units).tolist()]
    made = bundles.compute(read, ["xa"] * units, rows, [{}] * units)
    points, totals = made.result.points.tolist(), made.result.totals.tolist()
    ids = Unit.objects.filter(code__startswith="do-tai-").order_by("pk").values_list("pk", flat=True)
    Card.objects.bulk_create(
        Card(round=round_, unit_id=pk, group="xa", row=rows[n], decided={}, points=points[n],
             final_total=unscaled(totals[n], 2), rank=made.ranks[n], grade=made.grades[n])
        for n, pk in enumerate(ids)
    )  # fmt: skip
    took = []
    for _ in range(5):
        begin = time.process_time()
        found = frozen.recompute(round_)
        took.append(time.process_time() - begin)
        assert found.is_identical
    return {"recompute command, CPU seconds": median(took)}


def save_cell(world: World) -> Operation:
    """A unit saves one cell of its card, over HTTP. The bare program files a dossier: number, row, entry, job."""
    from bench.loading import Ask
    from bench.operations import WRITE, Operation

    where: dict[str, Any] = {}
    count = iter(range(1, 10**9))

    def prepare(_: Any) -> None:
        where.update(_card(world))

    def ask() -> Ask | None:
        number = next(count)
        body = f"criterion=A1.3&in-a={number % 97}&in-b={97 + number % 7}".encode()
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        return Ask(where["path"], "POST", body, {**where["session"], **kind}) if where else None

    def bare() -> Ask:
        return Ask(f"/file?unit={world.unit_id}", "POST", b"{}")

    return Operation("save a score", WRITE, ask, bare, prepare)


def _card(world: World) -> dict[str, Any]:
    """A card of the commune, and a signed-in clerk who may fill it."""
    from django.test import Client

    from tinhso.kernel.people.models import Account, Grant
    from tinhso.kernel.people.rules import SYSTEM
    from tinhso.modules.scorecards.actions import editions, rounds
    from tinhso.modules.scorecards.models import Card, CriteriaEdition, Round

    at = datetime.now(UTC)
    editions.load_seeds(at=at)
    version = CriteriaEdition.objects.get(criteria_set__code="commune-dt")
    if not Round.objects.filter(code="do-tai").exists():
        asked = rounds.Asked(
            "do-tai", "Đo tải", version.pk, date(2026, 1, 1), date(2026, 12, 31), at + timedelta(days=900),
            units=(world.unit_id,),
        )  # fmt: skip
        rounds.open_round(asked, by=SYSTEM, at=at)
    card = Card.objects.get(round__code="do-tai", unit_id=world.unit_id)
    account = Account.objects.create(username=f"do-tai-{at:%H%M%S%f}", display_name="Đo tải", is_official=True)
    Grant.objects.create(account=account, role="scorecards.clerk", unit_id=world.unit_id, begins_on=date(2025, 7, 1))
    client = Client()
    client.force_login(account, backend="django.contrib.auth.backends.ModelBackend")
    secret = "a" * 32  # the program compares the cookie with the header
    client.cookies["csrftoken"] = secret
    cookies = "; ".join(f"{name}={one.value}" for name, one in client.cookies.items())
    return {
        "path": f"/lam-viec/danh-gia/phieu/{card.pk}/luu/",
        "session": {"Cookie": cookies, "X-CSRFToken": secret},
    }


if __name__ == "__main__":
    sys.exit(main())
