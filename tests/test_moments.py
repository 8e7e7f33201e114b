"""Times from the database: exact, in UTC, whatever zone the server writes them in."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.db import DataError, connection

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("written", "moment"),
    [
        ("2026-11-22 08:40:00+07", datetime(2026, 11, 22, 1, 40, tzinfo=UTC)),
        ("2026-11-22 08:40:00.12+00", datetime(2026, 11, 22, 8, 40, 0, 120_000, tzinfo=UTC)),
        ("0044-03-15 12:00:00.000001+00", datetime(44, 3, 15, 12, 0, 0, 1, tzinfo=UTC)),
    ],
)
@pytest.mark.parametrize("zone", ["UTC", "Asia/Ho_Chi_Minh"])
def test_a_moment_is_read_exactly_and_in_utc(written: str, moment: datetime, zone: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("select set_config('timezone', %s, true)", [zone])
        cursor.execute("select %s::timestamptz", [written])
        found = cursor.fetchone()[0]
    assert (found, found.tzinfo) == (moment, UTC)


def test_a_moment_that_python_cannot_hold_is_refused() -> None:
    with connection.cursor() as cursor:
        cursor.execute("select 'infinity'::timestamptz")
        with pytest.raises(DataError):
            cursor.fetchone()
