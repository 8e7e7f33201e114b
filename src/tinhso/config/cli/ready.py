"""What commands need before they can work: Django, a running database, and the platform's tables."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator


def django() -> None:
    """Load Django once."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tinhso.config.settings")
    import django as framework
    from django.apps import apps

    if not apps.ready:
        framework.setup()


@contextlib.contextmanager
def database() -> Iterator[None]:
    """Have the database running inside the block: the one named by the environment, or the embedded one."""
    from tinhso.config.embedded import running
    from tinhso.config.environment import env

    with contextlib.nullcontext() if env.database_url else running(env.home.resolve()):
        django()
        try:
            yield
        finally:
            close_connections()


def close_connections() -> None:
    """Give connections back and close their pool, so that the server can stop and no thread is left."""
    from django.db import connections

    for connection in connections.all(initialized_only=True):
        connection.close()
        if hasattr(connection, "close_pool"):
            connection.close_pool()


def be_patient() -> None:
    """For migrations: ten seconds for a lock, as everywhere, so that pages wait no longer; the work may take hours."""
    from django.db import connection

    close_connections()
    connection.settings_dict["OPTIONS"]["options"] = "-c lock_timeout=10s"


def waiting_migrations() -> list[str]:
    """Names of migrations not yet applied, in their order."""
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return [f"{migration.app_label}.{migration.name}" for migration, _ in plan]


def is_empty() -> bool:
    """Whether no unit has been founded yet."""
    from tinhso.kernel.units.models import Unit

    return not Unit.objects.exists()
