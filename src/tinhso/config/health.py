"""Two answers for machines: is the process alive, and may it be given requests."""

from __future__ import annotations

from django.db import Error, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache


class _Known:
    """Once all migrations are applied they stay so; until then each question looks again."""

    migrated = False


@never_cache
def alive(request: HttpRequest) -> JsonResponse:
    """200 as long as the process answers at all."""
    return JsonResponse({"status": "ok"})


@never_cache
def ready(request: HttpRequest) -> JsonResponse:
    """200 when the database answers and its tables are up to date; else 503 with the name of what is missing."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("select 1")
        if not _Known.migrated:
            executor = MigrationExecutor(connection)
            _Known.migrated = not executor.migration_plan(executor.loader.graph.leaf_nodes())
    except (Error, OSError):
        return JsonResponse({"status": "waiting", "for": "database"}, status=503)
    if not _Known.migrated:
        return JsonResponse({"status": "waiting", "for": "migrations"}, status=503)
    return JsonResponse({"status": "ok"})
