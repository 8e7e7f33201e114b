"""What a database holds, in numbers: the same before a backup and after its restoration."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

Figures = dict[str, str]
# Sessions end, jobs run, limits are counted and caches renewed while somebody looks; all else must be the same.
PASSING = ("django_session", "procrastinate_", "api_rate", "api_cache", "django_migrations")


def figures() -> Figures:
    """Rows of every table, figures by name, cases by state, money and the end of the journal: name → number."""
    from django.apps import apps
    from django.db import connection

    found: Figures = {}
    known = {model._meta.db_table for model in apps.get_models(include_auto_created=True)}
    tables = sorted(known & set(connection.introspection.table_names()))
    with connection.cursor() as cursor:
        for table in tables:
            if not table.startswith(PASSING):
                cursor.execute(f'select count(*) from "{table}"')  # noqa: S608 - the names are the models' own
                found[f"rows {table}"] = str(cursor.fetchone()[0])
        for name, statement in _STATEMENTS.items():
            cursor.execute(statement)
            found |= {f"{name} {key}".strip(): str(value) for key, value in cursor.fetchall()}
    return found


_STATEMENTS = {
    "cases": "select kind || ' ' || state, count(*) from cases_case group by 1 order by 1",
    "figures": "select name, sum(number) from facts_dayfigure group by 1 order by 1",
    "journal": "select '', count(*) || ' ' || coalesce(bit_xor(hashtextextended(encode(hash, 'hex'), 0)), 0)"
    " from journal_entry",
    "files": "select '', count(*) || ' ' || coalesce(bit_xor(hashtextextended(sha256, 0)), 0) from files_blob",
}


def fingerprint(found: Figures) -> str:
    """64 hexadecimal digits that are equal when all figures are."""
    return hashlib.sha256("\n".join(lines(found)).encode()).hexdigest()


def lines(found: Figures) -> Iterator[str]:
    return (f"{name}\t{value}" for name, value in sorted(found.items()))


def differences(one: Figures, other: Figures) -> list[str]:
    """Where two sets of figures differ: ``rows cases_case: 10 → 9``."""
    names = sorted(one.keys() | other.keys())
    return [f"{n}: {one.get(n, '–')} → {other.get(n, '–')}" for n in names if one.get(n) != other.get(n)]
