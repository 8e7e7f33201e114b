"""The database is away or busy, or a disk is full: told apart from a bug, because asking again later helps."""

from __future__ import annotations

import errno

from django.db import InterfaceError, OperationalError

from tinhso.kernel.errors import Unavailable

# SQLSTATE: no connection (08…), too many connections, the server stops or starts.
_CONNECTION, _STATES = "08", frozenset({"53300", "57P01", "57P02", "57P03", "57P05"})
# Two that waited for each other, or one for a lock for too long: all of it was taken back.
_BUSY = frozenset({"40001", "40P01", "55P03"})
_FULL, _NO_ROOM = "53100", (errno.ENOSPC, errno.EDQUOT)


class Away(Unavailable):
    """What a page or a program is told meanwhile: nothing is accepted that is not kept."""

    retry_after = 30

    def __init__(self) -> None:
        words = "Cổng mất kết nối với nơi lưu dữ liệu. Dữ liệu đã gửi vẫn còn; thử lại sau ít phút."
        super().__init__("database_away", words)


class Busy(Unavailable):
    """Others were at the same thing for too long; nothing was kept."""

    retry_after = 5

    def __init__(self) -> None:
        super().__init__("database_busy", "Hệ thống đang bận nên chưa lưu nội dung này. Thử lại sau ít giây.")


class Full(Unavailable):
    """There is no room left for it; nothing was kept."""

    def __init__(self) -> None:
        words = "Nơi lưu dữ liệu tạm hết chỗ nên chưa nhận nội dung này. Những gì đã gửi vẫn còn; thử lại sau ít phút."
        super().__init__("no_room", words)


def trouble(problem: BaseException | None) -> Unavailable | None:
    """What to tell of this instead of a bug, or None for a bug."""
    if is_away(problem):
        return Away()
    state = getattr(getattr(problem, "__cause__", None), "sqlstate", None)
    if state in _BUSY:
        return Busy()
    is_full = state == _FULL or (isinstance(problem, OSError) and problem.errno in _NO_ROOM)
    return Full() if is_full else None


def is_away(problem: BaseException | None) -> bool:
    """Whether this came of a connection that could not be had or was lost: a driver's error without the server's own
    code, or with one that speaks of the connection."""
    if not isinstance(problem, OperationalError | InterfaceError):
        return False
    state = getattr(problem.__cause__, "sqlstate", None)
    return state is None or state.startswith(_CONNECTION) or state in _STATES
