"""Telling a case's story without a name in it."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from tinhso.kernel.cases.lookup import story_of
from tinhso.kernel.cases.models import Case
from tinhso.kernel.cases.rules import Phase, PublicStory
from tinhso.kernel.cases.terms import Term
from tinhso.kernel.clock.queries import calendar_for
from tinhso.kernel.clock.rules import Due, explain, limit_words, time_left, worded_left
from tinhso.kernel.journal.models import Entry
from tinhso.kernel.manifest import Readers, registry
from tinhso.kernel.ui.statuses import STATUSES
from tinhso.kernel.units.queries import tree

MOST_ENTRIES = 40


@dataclass(frozen=True)
class Told:
    """A case as the look-up shows it: words, dates and counts, no person."""

    number: str
    title: str
    state: str
    colour: str
    icon: str
    unit: str
    received_unit: str
    opened_at: datetime
    due_at: datetime | None
    left: str
    is_late: bool
    is_paused: bool
    settled_at: datetime | None
    story: PublicStory
    entries: list[dict[str, Any]]
    stale_since: datetime | None


_COLOURS = {Phase.DRAFT: "", Phase.OPEN: "info", Phase.PAUSED: "warn", Phase.SETTLED: "ok", Phase.CLOSED: "ok"}
_ICONS = {Phase.DRAFT: "pencil", Phase.OPEN: "circle-play", Phase.PAUSED: "clock-alert"}


def told(case: Case, at: datetime) -> Told:
    """All that the page shows. Two statements: the story and the public entries."""
    story = story_of(case) or PublicStory()
    entries = _entries(case)
    names = tree().nodes
    phase = Phase(case.phase)
    minutes = time_left(timezone.localtime(at), case.due_at, calendar_for(case.unit_id)) if case.due_at else None
    is_running = phase is Phase.OPEN and minutes is not None
    words, colour, icon = _status(case, phase)
    return Told(
        number=case.number,
        title=case.title,
        state=words,
        colour=colour,
        icon=icon,
        unit=names[case.unit_id].name if case.unit_id in names else "",
        received_unit=names[case.received_unit_id].name if case.received_unit_id in names else "",
        opened_at=case.opened_at,
        due_at=case.due_at,
        left=worded_left(minutes, _language()) if is_running else "",
        is_late=bool(is_running and minutes is not None and minutes < 0),
        is_paused=phase is Phase.PAUSED,
        settled_at=case.settled_at,
        story=story,
        entries=entries,
        stale_since=_stale_since(case, at) if phase is Phase.OPEN else None,
    )


def _status(case: Case, phase: Phase) -> tuple[str, str, str]:
    words = case.state_of.name
    known = next((status for status in STATUSES.values() if status.words == words), None)
    if known is not None:
        return _(words), known.kind, known.icon
    return _(words), _COLOURS[phase], _ICONS.get(phase, "circle-check")


def _stale_since(case: Case, at: datetime) -> datetime | None:
    """When it last moved, if that is longer ago than half the time allowed."""
    if case.due_at is None:
        return None
    allowed = case.due_at - case.opened_at
    return case.updated_at if at - case.updated_at > allowed / 2 else None


def _entries(case: Case) -> list[dict[str, Any]]:
    verbs = [entry.verb for entry in registry.entries.values() if entry.readers is Readers.PUBLIC]
    rows = Entry.objects.filter(case_id=case.pk, verb__in=verbs).order_by("seq")
    return [
        {"title": public_sentence(row), "at": row.at, "kind": "done"}
        for row in rows.only("verb", "at", "data", "unit_id")[:MOST_ENTRIES]
    ]


def public_sentence(entry: Entry) -> str:
    """The entry in words for anybody: who acted reads as “Người nộp”, personal data as a dash."""
    declared = registry.entries[entry.verb]
    said: defaultdict[str, Any] = defaultdict(lambda: "–")
    said.update({name: value for name, value in entry.data.items() if name not in declared.personal})
    said["actor"] = _("Người nộp")
    return declared.sentence.format_map(said)


def explained(case: Case) -> tuple[list[str], str]:
    """How the due date came about, without the reasons that officials wrote; and the time limit in words."""
    term = Term.from_json(case.clock)
    bare = replace(
        term,
        pauses=tuple(replace(pause, reason="") for pause in term.pauses),
        extensions=tuple(replace(extension, reason="") for extension in term.extensions),
    )
    due: Due | None = bare.due(calendar_for(case.unit_id))
    return (explain(due, _language()) if due else []), limit_words(term.limit, _language())


def _language() -> str:
    return "vi" if get_language() == "vi" else "en"
