"""Who is to be told: those who hold a right on a unit, and everybody who sent or follows a report."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from tinhso.modules.field_reports.models import Follower, Report

MOST_TOLD = 2000


@dataclass(frozen=True, slots=True)
class Told:
    """Somebody to tell about a report of their own (or one they follow): an account, or a telephone without one."""

    report_id: int
    code: str
    account_id: int | None
    phone: str
    is_sender: bool


def audience(report: Report) -> list[Told]:
    """Its sender, the senders of what was merged into it, each with their own code, and all followers."""
    family = Report.objects.filter(pk=report.pk) | Report.objects.filter(parent_id=report.pk)
    senders = family.select_related("case").order_by("pk")[:MOST_TOLD]
    found = [Told(one.pk, one.case.number, one.account_id, one.phone, is_sender=True) for one in senders]
    rows = Follower.objects.filter(report_id__in=[one.report_id for one in found]).order_by("pk")[:MOST_TOLD]
    found += [Told(report.pk, report.case.number, one.account_id, one.phone, is_sender=False) for one in rows]
    return list(_once(found))


def _once(found: Iterable[Told]) -> Iterable[Told]:
    """Each account and telephone once, senders first."""
    known: set[object] = set()
    for one in found:
        who = one.account_id or one.phone
        if who and who not in known:
            known.add(who)
            yield one
