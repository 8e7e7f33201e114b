"""Ties a child to its parent: when the parent is killed, the kernel asks the child to stop."""

from __future__ import annotations

import ctypes
import signal
from collections.abc import Callable

_PR_SET_PDEATHSIG = 1
_prctl = ctypes.CDLL(None).prctl


def die_with_parent(how: signal.Signals) -> Callable[[], None]:
    """For ``Popen(preexec_fn=…)``. The parent is the thread that starts the child, so start it from one that lasts."""

    def ask_kernel() -> None:
        _prctl(_PR_SET_PDEATHSIG, how)

    return ask_kernel
