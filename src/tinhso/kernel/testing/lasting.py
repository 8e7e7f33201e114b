"""A world that is made once for all tests of a file and taken back afterwards."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import transaction

from tinhso.kernel.testing.province import forget


@contextmanager
def lasting(blocker: Any) -> Iterator[None]:
    """Everything written inside lives in one transaction; each test's own transaction is a savepoint in it.

    ``blocker`` is pytest-django's ``django_db_blocker``."""
    with blocker.unblock():
        forget()
        with transaction.atomic():
            yield
            transaction.set_rollback(True)
        forget()
