"""``tinhso score recompute`` with a file: no database, no platform, the exit status says whether all is identical."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from tinhso.config.cli import main
from tinhso.modules.scorecards.rules import bundles
from tinhso.modules.scorecards.rules.editions import edition_from
from tinhso.modules.scorecards.tests import sheets


@pytest.fixture
def bundle() -> dict[str, Any]:
    """Two units of a set of two criteria; the council gave the second one more than its own points."""
    content = sheets.judged("50", "50")
    rows = [(300_000, 200_000), (100_000, 100_000)]
    decided: list[dict[str, int]] = [{}, {"1.1": 4500}]
    made = bundles.compute(edition_from(content), ["xa", "xa"], rows, list(decided))
    units = [
        bundles.Frozen(
            f"xa-{n}", f"Xã {n}", "xa", rows[n], decided[n], tuple(made.result.points[n].tolist()),
            int(made.result.totals[n]), made.ranks[n], made.grades[n],
        )
        for n in range(2)
    ]  # fmt: skip
    return bundles.pack(about={"round": "thu"}, edition=content, units=units)


def asked(path: Path, content: Any) -> tuple[int, str]:
    path.write_text(json.dumps(content), encoding="utf-8")
    done = CliRunner().invoke(main, ["score", "recompute", str(path)])
    return done.exit_code, done.output.strip().splitlines()[-1]


def test_the_file_alone_gives_the_same_scores(bundle: dict[str, Any], tmp_path: Path) -> None:
    assert [(one["total"], one["rank"]) for one in bundle["units"]] == [("50", 2), ("55", 1)]
    assert asked(tmp_path / "thu.json", bundle) == (0, "identical")


def test_a_changed_file_is_refused_and_changed_scores_are_found(bundle: dict[str, Any], tmp_path: Path) -> None:
    bundle["units"][0]["total"] = "60"
    code, said = asked(tmp_path / "thu.json", bundle)
    assert (code, "SHA-256" in said) == (1, True)
    body = {key: value for key, value in bundle.items() if key != "sha256"}
    again = {**body, "sha256": bundles.seal(body)}
    assert asked(tmp_path / "thu.json", again) == (1, "Error: different in 1 places")


@pytest.mark.parametrize("content", [[], {}, {"format": bundles.FORMAT}, "x"])
def test_what_is_no_bundle_is_refused(content: Any, tmp_path: Path) -> None:
    assert asked(tmp_path / "thu.json", content)[0] == 1


def test_help_lists_the_commands_of_modules() -> None:
    said = CliRunner().invoke(main, ["score", "--help"]).output
    assert "recompute" in said
    assert "bundle" in said
