"""Figures are brought up to date after each entry that may change them."""

from __future__ import annotations

from tinhso.kernel.cases.jobs import RECOUNTED
from tinhso.kernel.journal.models import Entry
from tinhso.kernel.reorganisation.rules import MOVED, MOVED_BACK
from tinhso.modules.field_reports.actions import counting
from tinhso.modules.field_reports.rules.entries import ENTRIES
from tinhso.modules.field_reports.rules.states import FIELD_REPORT

QUIET = frozenset({"note", "hear", "identify", "escalate", "publish_list", "disagree", "involve", "contribute"})
VERBS = tuple(one.verb for one in ENTRIES if one.verb.partition(".")[2] not in QUIET)
COUNTED = (*VERBS, MOVED, MOVED_BACK, RECOUNTED)


def count(entry: Entry) -> None:
    """Count the report whose history goes on, as it stands now: repeatable, in any order. Other cases are left."""
    if entry.case is not None and entry.case.kind == FIELD_REPORT.code:
        counting.recount([entry.case.pk])
