"""Compares the texts in the program with the translations: ``check`` says what is missing, ``update`` adds it."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import astuple, is_dataclass
from importlib import import_module
from pathlib import Path

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tinhso.config.settings")

import django
import yaml

ROOT = Path(__file__).resolve().parents[1]
SOURCE = ROOT / "src" / "tinhso"
CATALOGUES = SOURCE / "locale"
LANGUAGES = ("en",)
INDEX = SOURCE / "modules/service_quality/seeds/q766.yaml"
KEYWORDS = (
    "gettext_noop",
    "gettext_lazy",
    "ngettext_lazy:1,2",
    "pgettext:1c,2",
    "npgettext:1c,2,3",
    "pgettext_lazy:1c,2",
    "npgettext_lazy:1c,2,3",
)
TABLES = (  # tables whose texts are given to gettext when they are shown
    ("tinhso.kernel.ui.statuses", "STATUSES"),
    ("tinhso.kernel.ui.templatetags.ui", "WEEKDAYS"),
    ("tinhso.kernel.ui.templatetags.ui", "NEAR"),
    ("tinhso.kernel.mandates.rules", "WORDS"),
    ("tinhso.kernel.api.problems", "_FIELD_MESSAGES"),
    ("tinhso.shell.home.queries", "LIFE_EVENTS"),
    ("tinhso.shell.inbox.asked", "LISTS"),
    ("tinhso.shell.inbox.asked", "QUICK"),
    ("tinhso.shell.board.pages", "LISTS"),
    ("tinhso.shell.board.pages", "VERDICTS"),
    ("tinhso.modules.dossiers.desk.counter_form", "CHANNELS"),
    ("tinhso.modules.dossiers.desk.counter_form", "RESULT_CHANNELS"),
    ("tinhso.modules.dossiers.module", "ENTRIES"),
    ("tinhso.modules.dossiers.queries.case_page", "CHANNEL_WORDS"),
    ("tinhso.modules.dossiers.queries.case_page", "FORM_NAMES"),
    ("tinhso.modules.dossiers.queries.case_page", "OUTCOME_WORDS"),
    ("tinhso.modules.dossiers.queries.following", "SHOWN"),
    ("tinhso.modules.dossiers.queries.printing", "RESULT_CHANNEL_WORDS"),
    ("tinhso.modules.dossiers.rules", "NEWS_OF_MESSAGE"),
    ("tinhso.modules.procedures.rules.content", "CHANNELS"),
    ("tinhso.modules.procedures.rules.content", "FEE_KINDS"),
    ("tinhso.modules.procedures.rules.content", "FEE_SETTERS"),
    ("tinhso.modules.procedures.rules.content", "LEVELS"),
    ("tinhso.modules.procedures.rules.content", "ROLES"),
    ("tinhso.modules.procedures.rules.content", "SERVICE_LEVELS"),
    ("tinhso.modules.queueing.rules", "PURPOSE_WORDS"),
    ("tinhso.modules.queueing.rules", "STATE_WORDS"),
    ("tinhso.modules.warnings.rules", "KIND_NAMES"),
    ("tinhso.modules.warnings.rules", "LEVEL_NAMES"),
    ("tinhso.modules.warnings.rules", "STATE_NAMES"),
    ("tinhso.modules.channels.rules.zns", "APPROVAL_NAMES"),
    ("tinhso.modules.channels.rules.keys", "KEY_NAMES"),
    ("tinhso.modules.campaigns.rules.places", "TIES_WORDS"),
    ("tinhso.modules.indicators.rules.words", "VERDICT_NAMES"),
    ("tinhso.modules.indicators.rules.words", "DOMAIN_NAMES"),
    ("tinhso.modules.initiatives.rules.states", "FIELDS"),
    ("tinhso.modules.statistics.rules", "LEVELS"),
)
HEADER = (
    'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=UTF-8\\n"\n"Content-Transfer-Encoding: 8bit\\n"\n'
    '"Language: {}\\n"\n"Plural-Forms: nplurals=2; plural=(n != 1);\\n"\n'
)


def extract(folder: Path) -> Path:
    """Collect all texts of Python files and templates in one template catalogue inside ``folder``."""
    from django.utils.translation.template import templatize

    sources = []
    for path in sorted([*SOURCE.rglob("*.py"), *SOURCE.rglob("*.html"), *SOURCE.rglob("*.txt")]):
        if {"tests", "migrations", "static", "testing"} & set(path.relative_to(SOURCE).parts):
            continue
        copy = folder / path.relative_to(SOURCE)
        copy.parent.mkdir(parents=True, exist_ok=True)
        text = path.read_text(encoding="utf-8")
        copy.write_text(text if path.suffix == ".py" else templatize(text, origin=str(path)), encoding="utf-8")
        sources.append(str(copy.relative_to(folder)))
    (folder / "declared.py").write_text("".join(f"_({text!r})\n" for text in declared()), encoding="utf-8")
    (folder / "files").write_text("\n".join([*sources, "declared.py"]))
    catalogue = folder / "all.pot"
    command = ["xgettext", "--language=Python", "--from-code=UTF-8", "--no-location", "--sort-output", "--force-po"]
    command += [f"--keyword={keyword}" for keyword in KEYWORDS]
    run([*command, "--files-from=files", "--output=all.pot"], folder)
    text = catalogue.read_text(encoding="utf-8").replace("charset=CHARSET", "charset=UTF-8")
    catalogue.write_text(text, encoding="utf-8")
    return catalogue


def declared() -> Iterator[str]:
    """Words that stand in declarations and tables and are translated where pages show them."""
    from tinhso.kernel.manifest import registry

    for slot in ("menu", "search", "shortcuts"):
        yield from (thing.title for thing in registry.collect(slot))
    yield from (shortcut.hint for shortcut in registry.collect("shortcuts") if shortcut.hint)
    for kind in registry.case_kinds.values():
        yield from (state.name for state in kind.lifecycle.states)
    yield from _figures()
    yield from (name for _days, name in import_module("tinhso.kernel.api.pages").LIVES)
    for module, name in TABLES:
        yield from _words(getattr(import_module(module), name))


def _figures() -> Iterator[str]:
    """Names of figures and measures, and of what is held of people and for how long."""
    from tinhso.kernel.manifest import registry

    for fact in registry.facts.values():
        yield fact.title
    for measure in registry.measures.values():
        yield from (measure.title,) if measure.unit == "%" else (measure.title, measure.unit)
    for holding in registry.holdings.values():
        yield from filter(None, (holding.title, holding.purpose, holding.basis, holding.law))
    for kind in registry.retained.values():
        yield from (kind.title, kind.after)
    for edition in yaml.safe_load(INDEX.read_text(encoding="utf-8")):
        yield from (one["name"] for one in (*edition["grades"], *edition["groups"]))
        yield from (one["name"] for group in edition["groups"] for one in group["components"])
    words = import_module("tinhso.modules.indicators.rules.words")
    yield from (words.EXACT, *words.CUT_WORDS.values())


def _words(table: object) -> Iterator[str]:
    """The texts of a table, however deep: what begins with a capital letter or a name to fill in, or a weekday."""
    if isinstance(table, str):
        if table[:1].isupper() or table.startswith(("{", "thứ ")):
            yield table
    elif isinstance(table, Mapping):
        yield from _words(tuple(table.values()))
    elif is_dataclass(table) and not isinstance(table, type):
        yield from _words(astuple(table))
    elif isinstance(table, Iterable):
        for part in table:
            yield from _words(part)


def run(command: list[str], folder: Path = ROOT) -> str:
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(done.stdout + done.stderr)
    return done.stdout


def untranslated(catalogue: Path, texts: Path, merged: Path) -> list[str]:
    """The texts for which the catalogue has no translation, one line each."""
    if not catalogue.exists():
        return [f"{catalogue.relative_to(ROOT)} is missing"]
    run(["msgmerge", "--quiet", "--no-fuzzy-matching", "--no-wrap", f"--output={merged}", str(catalogue), str(texts)])
    lines = run(["msgattrib", "--untranslated", "--no-obsolete", "--no-wrap", str(merged)]).splitlines()
    return [line.removeprefix("msgid ") for line in lines if line.startswith("msgid ") and line != 'msgid ""']


def main(task: str) -> None:
    django.setup()
    with tempfile.TemporaryDirectory() as folder:
        texts, missing = extract(Path(folder)), []
        for language in LANGUAGES:
            catalogue = CATALOGUES / language / "LC_MESSAGES" / "django.po"
            if task == "update":
                catalogue.parent.mkdir(parents=True, exist_ok=True)
                if not catalogue.exists():
                    catalogue.write_text(HEADER.format(language), encoding="utf-8")
                options = ["--quiet", "--no-fuzzy-matching", "--backup=none", "--no-location", "--sort-output"]
                run(["msgmerge", "--update", *options, str(catalogue), str(texts)])
                run(["msgattrib", "--no-obsolete", "--sort-output", f"--output={catalogue}", str(catalogue)])
            else:
                missing += untranslated(catalogue, texts, Path(folder) / "merged.po")
    if missing:
        raise SystemExit("\n".join([*missing, "Run `make translations`, then translate what is empty."]))


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "check")
