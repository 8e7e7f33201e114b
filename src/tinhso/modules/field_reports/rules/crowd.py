"""How many programs may write at once, so that a flood of reports leaves a hand free for people."""

from __future__ import annotations

from threading import Lock

PATIENCE_SECONDS = 2.0  # so long two at once are a coincidence
PAUSE_SECONDS = 0.5  # without a second one for so long, the crowd is over


class Crowd:
    """Who writes now in this process. One always may; a second beside it may until that has gone on for two seconds
    without a pause, and is then told to come back. Moments are seconds of any steady clock."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._inside = 0
        self._since = self._last = float("-inf")

    def enter(self, now: float) -> bool:
        """Whether one more may write; who may must ``leave`` afterwards."""
        with self._lock:
            if self._inside:
                if now - self._last > PAUSE_SECONDS:
                    self._since = now
                self._last = now
                if now - self._since > PATIENCE_SECONDS:
                    return False
            self._inside += 1
            return True

    def leave(self) -> None:
        with self._lock:
            self._inside -= 1
