"""A dossier's clocks in words, in the language of the official who reads them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from tinhso.kernel.cases.terms import Term
from tinhso.kernel.clock.queries import calendar_for
from tinhso.kernel.clock.rules import explain, time_left, worded_left
from tinhso.kernel.language import readers_language


def clock_of(case: Any, at: datetime) -> dict[str, Any]:
    """The statutory clock in words: kind of colour, time left, due date, share of the time used (0–100)."""
    term = Term.from_json(case.clock)
    if case.settled_at:
        return {"kind": "ok", "words": _("Đã xong"), "date": case.settled_at, "share": None}
    if term.started_at is None:
        return {"kind": "", "words": _("Chưa tính thời hạn"), "date": None, "share": None}
    calendar = calendar_for(case.unit_id)
    due = term.due(calendar)
    minutes = time_left(timezone.localtime(at), due, calendar)
    if term.is_paused:
        words = _("Đồng hồ đang dừng") if minutes is None else _("Đang dừng, %s") % _left(minutes).lower()
        return {"kind": "wait", "words": words, "date": None, "share": None}
    if case.due_at is None or minutes is None:
        return {"kind": "", "words": _("Chưa có hạn"), "date": None, "share": None}
    whole = max(1, time_left(term.started_at, due, calendar) or 1)
    kind = "bad" if minutes < 0 else "warn" if minutes <= 2 * 480 else "ok"
    share = min(100, max(0, 100 - minutes * 100 // whole))
    return {"kind": kind, "words": _left(minutes), "date": case.due_at, "share": share}


def step_clock(step: Any, at: datetime) -> str:
    """How long a step still has, in words; empty for a step without time of its own."""
    if step is None or step.due_at is None:
        return ""
    return _left(time_left(timezone.localtime(at), step.due_at, calendar_for(step.unit_id)))


def _left(minutes: int | None) -> str:
    return worded_left(minutes, readers_language())


def explanation(case: Any) -> list[str]:
    """How the due date came about, sentence by sentence; empty before the clock has begun."""
    due = Term.from_json(case.clock).due(calendar_for(case.unit_id))
    return explain(due, readers_language()) if due else []
