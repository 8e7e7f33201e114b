"""Says which models have changed without a migration, and where two migrations claim the same place."""

import os
import sys

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tinhso.config.settings")

import django

django.setup()

from django.apps import apps  # noqa: E402
from django.db.migrations.autodetector import MigrationAutodetector  # noqa: E402
from django.db.migrations.loader import MigrationLoader  # noqa: E402
from django.db.migrations.state import ProjectState  # noqa: E402
from django.utils import translation  # noqa: E402


def problems() -> list[str]:
    """One sentence for each missing migration and each fork; empty when all is well. Needs no database."""
    translation.deactivate_all()
    loader = MigrationLoader(None, ignore_no_migrations=True)
    forks = [f"{app}: two last migrations: {', '.join(names)}" for app, names in loader.detect_conflicts().items()]
    wanted = MigrationAutodetector(loader.project_state(), ProjectState.from_apps(apps)).changes(graph=loader.graph)
    return forks + [
        f"{app}: no migration yet for: {operation.describe()}"
        for app, migrations in wanted.items()
        for migration in migrations
        for operation in migration.operations
    ]


if __name__ == "__main__":
    found = problems()
    print("\n".join(found))
    sys.exit(1 if found else 0)
