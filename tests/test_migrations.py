"""Migrations as a chain: each app has one first and one last, and each step but the first has one before it."""

from __future__ import annotations

from collections import Counter

from django.db.migrations.loader import MigrationLoader


def test_each_of_our_apps_has_one_straight_line_of_migrations() -> None:
    loader = MigrationLoader(None, ignore_no_migrations=True)
    before: Counter[tuple[str, str]] = Counter()
    firsts: Counter[str] = Counter()
    ours = {key: step for key, step in loader.disk_migrations.items() if type(step).__module__.startswith("tinhso.")}
    for (app, _), step in ours.items():
        own = [key for key in step.dependencies if key[0] == app]
        assert len(own) <= 1, f"{step} has two steps before it"
        firsts[app] += not own
        before.update(own)
    assert [app for app, count in firsts.items() if count != 1] == []
    assert [key for key, count in before.items() if count > 1] == []
    assert len(ours) > 0
