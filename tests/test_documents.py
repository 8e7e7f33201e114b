"""The documents keep up with the program: settings, dependencies, links."""

from __future__ import annotations

import json
import re
from pathlib import Path

import click
import pytest
import yaml

from tinhso.config.cli import main
from tinhso.config.environment import Environment
from tinhso.kernel.reorganisation.rules import parse

ROOT = Path(__file__).resolve().parents[1]
DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
LINK = re.compile(r"\]\(([^)#:]+)\)|src=\"([^\":]+)\"")


def _variables() -> list[str]:
    """The names under which the deployment's values are read."""
    return [str(field.validation_alias or f"TINHSO_{name.upper()}") for name, field in Environment.model_fields.items()]


@pytest.mark.parametrize("name", ["README.md", "README.vi.md"])
def test_every_setting_is_explained(name):
    text = (ROOT / name).read_text(encoding="utf-8")
    assert [variable for variable in _variables() if f"`{variable}`" not in text] == []


def _required() -> set[str]:
    """The names of all direct dependencies, without extras and versions."""
    files = [ROOT / "requirements" / name for name in ("runtime.in", "develop.in")]
    lines = [line for file in files for line in file.read_text().splitlines() if line and line[0] not in "#-"]
    package = json.loads((ROOT / "frontend/package.json").read_text())
    return {re.split(r"[\[~=<> ]", line)[0] for line in lines} | {*package["dependencies"], *package["devDependencies"]}


def test_every_dependency_has_its_sentence():
    rows = re.findall(r"^\| ([^|]+) \|", (ROOT / "docs/dependencies.md").read_text(encoding="utf-8"), re.MULTILINE)
    bare = [re.sub(r"\s*(\[[^]]*\]|\([^)]*\))", "", row) for row in rows if row != "package"]
    assert {name for row in bare for name in row.split(", ")} == _required()


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_link_within_the_repository_leads_somewhere(path):
    links = [first or second for first, second in LINK.findall(path.read_text(encoding="utf-8"))]
    assert [link for link in links if not (path.parent / link).exists()] == []


def test_a_decision_is_one_page():
    pages = {path.name: len(path.read_text(encoding="utf-8").splitlines()) for path in ROOT.glob("docs/decisions/*.md")}
    assert {name: lines for name, lines in pages.items() if lines > 50} == {}


def _commands() -> list[str]:
    """What the runbook tells people to type: lines of its blocks, and words set as code."""
    text = (ROOT / "docs/operations.md").read_text(encoding="utf-8")
    blocks = re.findall(r"^    (tinhso [^#\n]+)", text, re.MULTILINE)
    inline = [" ".join(one.split()) for one in re.findall(r"`(tinhso\s[^`]+)`", text)]
    return sorted({one.strip() for one in (*blocks, *inline)})


@pytest.mark.parametrize("typed", _commands())
def test_every_command_of_the_runbook_is_understood_as_it_stands(typed, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in ("FOLDER", "ARCHIVE"):
        (tmp_path / name).mkdir()
    for name in ("FILE", "PLAN.yaml", "backup-key.txt", "…"):
        (tmp_path / name).touch()
    name, *words = typed.split()[1:]
    command = main.get_command(click.Context(main), name)
    while isinstance(command, click.Group):
        name, *words = words
        command = command.get_command(click.Context(command), name)
    command.make_context(name, words)  # raises where a word or an option is none, or one is missing


def test_every_setting_the_runbook_names_exists():
    text = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "docs").glob("operations.md"))
    named = set(re.findall(r"`(TINHSO_[A-Z0-9_]+|DATABASE_[A-Z_]+)", text))
    assert named - set(_variables()) == set()


def test_every_service_the_runbook_names_exists():
    text = (ROOT / "docs/operations.md").read_text(encoding="utf-8")
    named = set(re.findall(r"\btinhso-(?:web|worker|archive|backup)(?:\.[a-z]+)?", text))
    units = {path.name for path in (ROOT / "deploy/systemd").iterdir()}
    assert {one for one in named if (one if "." in one else f"{one}.service") not in units} == set()


def test_the_runbooks_plan_of_a_reorganisation_can_be_read():
    written = re.search(r"```yaml\n(.*?)```", (ROOT / "docs/operations.md").read_text(), re.S)
    plan = parse(yaml.safe_load(written[1]))
    assert [(step.kind, step.units, [way.unit for way in step.ways]) for step in plan.steps] == [
        ("merge", ("xa-25459", "xa-25480"), ["phuong-moi"]),
        ("competence", ("H53-sxd",), ["H53-sct"]),
    ]
