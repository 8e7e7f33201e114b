"""The database is away: told apart from a bug, because asking again later helps."""

from __future__ import annotations

from django.db import InterfaceError, OperationalError

from tinhso.kernel.errors import Unavailable

# SQLSTATE: no connection (08…), too many connections, the server stops or starts.
_CONNECTION, _STATES = "08", frozenset({"53300", "57P01", "57P02", "57P03", "57P05"})


class Away(Unavailable):
    """What a page or a program is told meanwhile: nothing is accepted that is not kept."""

    retry_after = 30

    def __init__(self) -> None:
        words = "Cổng mất kết nối với nơi lưu dữ liệu. Dữ liệu đã gửi vẫn còn; thử lại sau ít phút."
        super().__init__("database_away", words)


def is_away(problem: BaseException | None) -> bool:
    """Whether this came of a connection that could not be had or was lost: a driver's error without the server's own
    code, or with one that speaks of the connection."""
    if not isinstance(problem, OperationalError | InterfaceError):
        return False
    state = getattr(problem.__cause__, "sqlstate", None)
    return state is None or state.startswith(_CONNECTION) or state in _STATES
