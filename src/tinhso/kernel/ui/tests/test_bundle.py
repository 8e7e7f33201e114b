"""What people download: sizes of the built bundles against the budgets of the design."""

from __future__ import annotations

import gzip

import pytest

from tinhso.kernel.ui import bundle

BUDGETS = {"app": (30_000, 15_000), "flow": (30_000, 15_000), "work": (60_000, 20_000), "board": (60_000, 20_000)}

built = pytest.mark.skipif(not bundle.manifest(), reason="the front end has not been built")


def _weight(addresses):
    files = [bundle.DIST.parent / address.removeprefix("/static/") for address in addresses]
    return sum(len(gzip.compress(file.read_bytes(), 9)) for file in files)


@built
@pytest.mark.parametrize("name", BUDGETS)
def test_a_page_loads_no_more_than_its_budget(name):
    scripts, styles = BUDGETS[name]
    entry = bundle.entry(name)
    assert _weight([entry.script, *entry.imports]) <= scripts
    assert _weight(entry.styles) <= styles


@built
def test_only_four_font_files_are_fetched_ahead():
    assert len(bundle.fonts()) == 4
    assert all(address.endswith(".woff2") for address in bundle.fonts())


@built
def test_every_icon_named_by_a_template_or_a_status_is_in_the_sprite():
    import re

    from tinhso.kernel.ui.statuses import STATUSES

    sprite = (bundle.DIST.parent / bundle.sprite().removeprefix("/static/")).read_text()
    source = bundle.DIST.parents[4]
    named = {status.icon for status in STATUSES.values()}
    for template in source.rglob("templates/**/*.html"):
        named |= set(re.findall(r'\{% icon "([\w-]+)"', template.read_text()))
        named |= set(re.findall(r'<c-[\w-]+[^>]*?\bicon="([\w-]+)"', template.read_text()))
    assert {name for name in named if f'id="{name}"' not in sprite} == set()


def test_without_a_build_pages_render_without_styles(monkeypatch):
    monkeypatch.setattr(bundle, "manifest", dict)
    bundle.entry.cache_clear()
    assert bundle.entry("app") is None
    assert bundle.sprite() == ""
    bundle.entry.cache_clear()
