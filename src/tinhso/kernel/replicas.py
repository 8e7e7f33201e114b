"""Heavy reads that tolerate age may be answered by a replica of the database, if the deployment has one.

A query function says so with ``tolerates_age``; whether it happens is decided for each request (``allowed``) and by the
replica's age. It never happens inside a transaction, and whatever goes wrong there is asked of the primary again, so
the caller notices nothing. What a process keeps for later is always read from the primary (``from_primary``).
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, Error, connection, connections

P = ParamSpec("P")
R = TypeVar("R")

ALIAS = "replica"
LOOK_EVERY_SECONDS = 2.0
AGE = """
select case when pg_is_in_recovery()
            then coalesce(extract(epoch from clock_timestamp() - pg_last_xact_replay_timestamp()), 1e9) else 0 end
"""

_allowed: ContextVar[bool] = ContextVar("replica_allowed", default=False)
_primary: ContextVar[Any] = ContextVar("replica_primary", default=None)


class _Known:
    age: float | None = None
    looked_at = float("-inf")
    lock = threading.Lock()
    told: Callable[[str], None] | None = None


@contextmanager
def allowed() -> Iterator[None]:
    """Inside, reads that tolerate age may be answered by the replica."""
    token = _allowed.set(True)
    try:
        yield
    finally:
        _allowed.reset(token)


def tell(listener: Callable[[str], None]) -> None:
    """Have ``listener`` told after each read that might use the replica: ``replica``, ``primary`` or ``failed``."""
    _Known.told = listener


def is_there() -> bool:
    """Whether this deployment names a replica."""
    return ALIAS in connections.settings


def age() -> float | None:
    """By how many seconds the replica is behind; None when it does not answer. Asked directly, past the pool."""
    import psycopg

    parameters = connections[ALIAS].get_connection_params()
    parameters.pop("context", None)
    with suppress(psycopg.Error, OSError), psycopg.connect(**parameters | {"connect_timeout": 2}) as direct:
        row = direct.execute(AGE).fetchone()
        return float(row[0]) if row else None
    return None


def is_fresh() -> bool:
    """Whether the replica is near enough; looked at every two seconds by one thread while the others go on."""
    if time.monotonic() - _Known.looked_at > LOOK_EVERY_SECONDS and _Known.lock.acquire(blocking=False):
        try:
            _Known.age = age()
            _Known.looked_at = time.monotonic()
        finally:
            _Known.lock.release()
    return _Known.age is not None and _Known.age <= settings.REPLICA_SECONDS


def forget() -> None:
    """Look anew at the next question: between tests."""
    _Known.age, _Known.looked_at = None, float("-inf")


def tolerates_age(function: Callable[P, R]) -> Callable[P, R]:
    """For functions that only read and return finished values, no querysets: they may be answered by the replica."""

    @wraps(function)
    def reading(*given: P.args, **named: P.kwargs) -> R:
        if not _allowed.get() or _primary.get() is not None or connection.in_atomic_block or not is_there():
            return function(*given, **named)
        if is_fresh():
            with suppress(Error), _on_replica():
                found = function(*given, **named)
                _note("replica")
                return found
            connections[ALIAS].close()
            _Known.age, _Known.looked_at = None, time.monotonic()
            _note("failed")
        else:
            _note("primary")
        return function(*given, **named)

    return reading


def from_primary(function: Callable[P, R]) -> Callable[P, R]:
    """For what fills a process's memory: older rows under a newer number would stay there."""

    @wraps(function)
    def reading(*given: P.args, **named: P.kwargs) -> R:
        own = _primary.get()
        if own is None:
            return function(*given, **named)
        with _using(own):
            return function(*given, **named)

    return reading


@contextmanager
def _on_replica() -> Iterator[None]:
    token = _primary.set(connections[DEFAULT_DB_ALIAS])
    try:
        with _using(connections[ALIAS]):
            yield
    finally:
        _primary.reset(token)


@contextmanager
def _using(other: Any) -> Iterator[None]:
    """Let all statements of this thread go over another connection meanwhile."""
    present = connections[DEFAULT_DB_ALIAS]
    connections[DEFAULT_DB_ALIAS] = other
    try:
        yield
    finally:
        connections[DEFAULT_DB_ALIAS] = present


def _note(source: str) -> None:
    if _Known.told is not None:
        _Known.told(source)
