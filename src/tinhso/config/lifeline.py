"""Ties a child to its parent: asked to stop when the parent is killed, and never deaf to its parent's wish to stop."""

from __future__ import annotations

import ctypes
import signal
import threading
from collections.abc import Callable

_PR_SET_PDEATHSIG = 1
_prctl = ctypes.CDLL(None).prctl


def die_with_parent(how: signal.Signals) -> Callable[[], None]:
    """For ``Popen(preexec_fn=…)``. The parent is the thread that starts the child, so start it from one that lasts."""

    def ask_kernel() -> None:
        _prctl(_PR_SET_PDEATHSIG, how)

    return ask_kernel


def stop_while_loading() -> None:
    """Let SIGTERM end a web process that still loads the program.

    A forked web process bears its parent's handler until the program is loaded, seconds later on a busy machine: asked
    to stop in that time it would note that in a copy of the parent nobody looks at, serve on, and be killed when the
    parent's patience ends. One that was asked before this line is ended by it.
    """
    if threading.current_thread() is not threading.main_thread():
        return
    inherited = signal.getsignal(signal.SIGTERM)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    if getattr(getattr(inherited, "__self__", None), "interrupt_signal", False):
        raise SystemExit(0)
