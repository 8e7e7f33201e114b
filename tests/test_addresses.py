"""Every template finds the addresses it names, and every list of the product is bounded."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from tests.routes import all_routes

SOURCE = Path(__file__).resolve().parents[1] / "src/tinhso"
NAMED = re.compile(r"""\{%\s*url\s+["']([^"']+)["']""")
TEMPLATES = sorted(SOURCE.rglob("templates/**/*.html"))


def test_every_address_named_in_a_template_exists() -> None:
    known = {route.name for route in all_routes()}
    named = {
        (str(path.relative_to(SOURCE)), name) for path in TEMPLATES for name in NAMED.findall(path.read_text("utf-8"))
    }
    assert len(named) > 50
    assert sorted(pair for pair in named if pair[1] not in known) == []


def test_every_page_declared_in_a_manifest_exists() -> None:
    from tinhso.kernel.manifest import registry

    known = {route.name for route in all_routes()}
    pages = {kind.page for kind in registry.case_kinds.values()} | {
        kind.public_page for kind in registry.case_kinds.values() if kind.public_page
    }
    for module in registry.modules.values():
        pages |= {line.page for line in (*module.menu, *module.shortcuts, *module.panels)}
    assert sorted(pages - known) == []


def test_every_template_can_be_read() -> None:
    from django.template.loader import get_template

    for path in TEMPLATES:
        get_template(str(path).rpartition("/templates/")[2])


def test_no_template_carries_a_script_or_a_style_of_its_own() -> None:
    """The content policy allows none, so it would silently not work."""
    forbidden = re.compile(r"<script(?![^>]*\bsrc=)[^>]*>\s*\S|<style\b|\sstyle=|\son[a-z]+=[\"']", re.IGNORECASE)
    pages = [path for path in TEMPLATES if "/mail/" not in str(path)]
    found = {str(path.relative_to(SOURCE)): forbidden.findall(path.read_text("utf-8")) for path in pages}
    assert {name: what for name, what in found.items() if what} == {}


def test_every_queue_is_served() -> None:
    """A job in a queue that no worker takes from would wait for ever without a sound."""
    from procrastinate.contrib.django import app

    from tinhso.config import worker

    source = Path(worker.__file__).read_text("utf-8")
    served = re.findall(r"queues\s*=\s*(\[[^\]]*\]|None)", source)
    queues = {task.queue for task in app.tasks.values() if task.name != "builtin:procrastinate.builtin_tasks"}
    assert queues
    assert all(one == "None" or queues <= set(re.findall(r"\w[\w.]*", one)) for one in served)


@pytest.mark.parametrize("name", ["journal.follow", "journal.anchor"])
def test_the_jobs_everything_rests_on_are_known_to_the_worker(name: str) -> None:
    from procrastinate.contrib.django import app

    assert name in app.tasks
