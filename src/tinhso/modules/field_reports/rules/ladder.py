"""The ladder of escalation: who hears when a report grows late, before its sender has to complain.

Rungs are our choice; the first follows the usual reminder: a fifth of the time left, at least four hours.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import IntEnum

LEAST_WARNING = timedelta(hours=4)
SHARE_LEFT = 0.2
HIGH = timedelta(hours=24)


class Rung(IntEnum):
    """How far up the ladder a report has come."""

    NOBODY = 0
    SOON = 1  # the unit's leader: it is due soon
    LATE = 2  # the unit's leader and the desk: it is late
    VERY_LATE = 3  # the leader above


WORDS = {Rung.SOON: "Sắp đến hạn", Rung.LATE: "Quá hạn", Rung.VERY_LATE: "Quá hạn hơn một ngày"}
INTAKE_WORDS = "Quá giờ tiếp nhận"


def rung(started: datetime, due: datetime, at: datetime) -> Rung:
    """The rung reached at ``at`` by a report with this beginning and deadline; short times warn at their half."""
    if at > due + HIGH:
        return Rung.VERY_LATE
    if at > due:
        return Rung.LATE
    whole = due - started
    warning = whole / 2 if whole <= LEAST_WARNING else max(whole * SHARE_LEFT, LEAST_WARNING)
    return Rung.SOON if at >= due - warning else Rung.NOBODY
