"""Connections of the pool are looked at before use: one whose server went away is replaced. Times are read quickly.

Django's own check sends an empty statement with each request, a tenth of a small read's cost. A connection at rest has
nothing to say; when its socket can be read, the server has ended it.
"""

from __future__ import annotations

import select
from datetime import UTC, datetime
from typing import Any

from django.db.backends.postgresql import base
from psycopg.types.datetime import TimestamptzLoader
from psycopg_pool import PoolTimeout

PATIENCE_WHEN_AWAY = 1.0  # seconds


def is_gone(connection: Any) -> bool:
    """Whether the server ended this connection while it was at rest."""
    try:
        socket = connection.fileno()
    except Exception:  # closed on our side; which error it is depends on how
        return True
    poll = select.poll()
    poll.register(socket, select.POLLIN | select.POLLHUP | select.POLLERR)
    return bool(poll.poll(0))


class Moments(TimestamptzLoader):
    """Times in UTC, as Django has them, read by Python's own parser: a page of a list holds a hundred of them, and
    taking each apart by a pattern costs a tenth of the request."""

    timezone = UTC

    def load(self, data: Any) -> datetime:
        try:
            found = datetime.fromisoformat(bytes(data).decode())
        except ValueError:  # years beyond four digits, infinity: the usual way, with its words about what is wrong
            found = super().load(data)
        return found if found.tzinfo is UTC else found.astimezone(UTC)


class DatabaseWrapper(base.DatabaseWrapper):
    """Set ``CONN_HEALTH_CHECKS`` to False with it: this look takes its place."""

    def get_connection_params(self) -> dict[str, Any]:
        params = super().get_connection_params()
        params["context"].register_loader("timestamptz", Moments)
        return params

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        connection = self._pooled(conn_params)
        while self.pool and is_gone(connection):
            connection.close()
            self.pool.putconn(connection)
            connection = self._pooled(conn_params)
        return connection

    def _pooled(self, conn_params: dict[str, Any]) -> Any:
        """A connection of the pool. Who comes first while the server is away waits for it to come back, as after a
        restart; who comes after them is told soon, or all threads would stand and wait."""
        patience = self.settings_dict["OPTIONS"]["pool"]["timeout"]
        try:
            connection = super().get_new_connection(conn_params)
        except PoolTimeout:
            self.pool.timeout = min(patience, PATIENCE_WHEN_AWAY)
            raise
        if self.pool:
            self.pool.timeout = patience
        return connection
