"""What the sender's pages show of their own report, and lists of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q
from django.utils.crypto import constant_time_compare

from tinhso.kernel.cases.models import Case
from tinhso.kernel.cases.queries import left_words
from tinhso.kernel.files.rules import PDF
from tinhso.kernel.journal.models import Entry
from tinhso.kernel.journal.queries import timeline
from tinhso.kernel.manifest import Readers, registry
from tinhso.kernel.units.queries import tree
from tinhso.kernel.units.rules import Kind
from tinhso.modules.field_reports.models import Photo, Rating, Report
from tinhso.modules.field_reports.queries.catalogue import catalogue, category_of
from tinhso.modules.field_reports.queries.public import of_last_answer, should_be_public
from tinhso.modules.field_reports.rules.catalogue import Category
from tinhso.modules.field_reports.rules.states import (
    ANSWERED_STATES,
    FIELD_REPORT,
    IN_DAYS,
    ONCE_REOPENED,
    RATE_DAYS,
    REOPEN_DAYS,
)

PAGE = 20
MOST_ENTRIES = 60
COLOURS = {
    "received": "info", "need_info": "warn", "accepted": "info", "assigned": "info", "in_progress": "info",
    "returned": "info", "answered": "wait", "published": "ok", "answered_private": "ok", "rejected": "bad",
    "merged": "", "withdrawn": "", "reopened": "warn",
}  # fmt: skip
_OUTCOMES = {"field_report.approve_private", "field_report.reject"}
# What the sender reads of states that are the offices' own affair.
TO_SENDERS = {"returned": "Đang chuyển đơn vị", "answered": "Đang hoàn tất"}


def by_secret(number: str, key: str) -> Report | None:
    """The report with this code when the key is its own."""
    case = Case.objects.filter(number=number, kind="field_report").first()
    if not constant_time_compare(case.lookup_key if case else "-", key) or case is None:
        return None
    return Report.objects.select_related("case", "parent__case").get(pk=case.pk)


def own(number: str, account_id: int | None) -> Report | None:
    """The report with this code that was sent from this account."""
    if account_id is None:
        return None
    rows = Report.objects.select_related("case", "parent__case")
    return rows.filter(case__number=number, account_id=account_id).first()


@dataclass(frozen=True, slots=True)
class Followed:
    """A report as its sender sees it. ``told`` is the report that is handled: itself, or what it was merged into."""

    report: Report
    told: Report
    category: Category
    state: str
    colour: str
    unit: str
    left: str
    steps: list[dict[str, Any]]
    photos: list[Photo]
    after: list[Photo]
    rating: Rating | None
    is_asked: bool
    can_rate: bool
    can_reopen: bool
    can_withdraw: bool
    is_merged: bool
    is_answered: bool
    refusal: str
    will_be_public: bool
    why_not_reopen: str


def followed(report: Report, at: datetime) -> Followed:
    """All that the sender's page shows: four statements."""
    told = report.parent if report.parent_id is not None and report.parent is not None else report
    case, names = told.case, tree().nodes
    is_merged = told.pk != report.pk
    photos = list(Photo.objects.filter(report_id__in={report.pk, told.pk}).select_related("original__blob"))
    rating = Rating.objects.filter(report=report).first()
    is_answered = case.state in ANSWERED_STATES
    settled = case.settled_at or at
    list_of = catalogue(told.edition_id)
    return Followed(
        report=report,
        told=told,
        category=category_of(report),
        state=TO_SENDERS.get(case.state, FIELD_REPORT.lifecycle.state(case.state).name),
        colour=COLOURS[case.state],
        unit=names[case.unit_id].name if case.unit_id in names else "",
        left=left_words(case, at),
        steps=_steps(report, told),
        photos=[one for one in photos if one.report_id == report.pk and one.stage != Photo.Stage.AFTER],
        after=_after(told, photos) if is_answered else [],
        rating=rating,
        is_asked=report.case.state == "need_info",
        can_rate=is_answered and rating is None and at <= settled + timedelta(days=RATE_DAYS),
        can_reopen=(is_answered or case.state == "rejected") and not _why_not_reopen(report, case, at),
        can_withdraw=report.case.state in FIELD_REPORT.lifecycle.move("withdraw").sources,
        is_merged=is_merged,
        is_answered=is_answered,
        refusal=list_of.refusals[told.refusal].name if told.refusal in list_of.refusals else "",
        will_be_public=report.case.state in ("received", "need_info") and should_be_public(report, "accepted"),
        why_not_reopen=_why_not_reopen(report, case, at),
    )  # fmt: skip


def _why_not_reopen(report: Report, case: Case, at: datetime) -> str:
    """Said where it could be asked for, but not any more; empty where it still can, or nothing has ended."""
    if case.settled_at is None or case.state not in ANSWERED_STATES | {"rejected"}:
        return ""
    if report.reopened_at is not None:
        return ONCE_REOPENED.message
    return IN_DAYS.message if at > case.settled_at + timedelta(days=REOPEN_DAYS) else ""


def _after(told: Report, photos: list[Photo]) -> list[Photo]:
    """Of what was done the sender sees what everybody may, and documents; no picture that was kept back."""
    last = of_last_answer(one for one in photos if one.report_id == told.pk)
    shown = (one for one in last if one.stage == Photo.Stage.AFTER)
    return [one for one in shown if one.public_copy_id is not None or one.original.blob.media_type == PDF]


def _steps(report: Report, told: Report) -> list[dict[str, Any]]:
    """What happened, for the sender: nothing that is between offices, nobody's name. Of the report theirs was merged
    into, what everybody reads and how it ended; what its own sender was asked is not theirs."""
    open_to = (Readers.PUBLIC, Readers.PARTIES)
    seen = Q(case_id=report.pk, verb__in=[one.verb for one in registry.entries.values() if one.readers in open_to])
    if told.pk != report.pk:
        shared = {one.verb for one in registry.entries.values() if one.readers is Readers.PUBLIC} | _OUTCOMES
        seen |= Q(case_id=told.pk, verb__in=shared - {"field_report.file"})
    return timeline(Entry.objects.filter(seen).order_by("-at", "-pk")[:MOST_ENTRIES])


def own_list(account_id: int, after: tuple[datetime, int] | None) -> tuple[list[Report], str]:
    """One page of what an account sent, the newest first, and the key of the next."""
    rows = Report.objects.filter(account_id=account_id).select_related("case").newest_first()
    return paged(rows, after)


def paged(rows: Any, after: tuple[datetime, int] | None, size: int = PAGE) -> tuple[list[Report], str]:
    """One page of reports in the order of ``newest_first`` and the key of the next; empty at the end."""
    if after is not None:
        moment, last = after
        rows = rows.filter(Q(received_at__lt=moment) | Q(received_at=moment, case_id__lt=last))
    got = list(rows[: size + 1])
    more = f"{got[size - 1].received_at.isoformat()}~{got[size - 1].pk}" if len(got) > size else ""
    return got[:size], more


def communes() -> list[tuple[int, str]]:
    """Today's communes by name, for lists to choose from."""
    nodes = (one for one in tree().nodes.values() if one.kind == Kind.COMMUNE and one.ends_on is None)
    return sorted(((one.id, one.name) for one in nodes), key=lambda pair: pair[1])


def bodies() -> list[tuple[int, str]]:
    """Departments, agencies and communes that exist today, departments first."""
    order = {Kind.DEPARTMENT: 0, Kind.VERTICAL: 1, Kind.COMMUNE: 2}
    nodes = [one for one in tree().nodes.values() if one.kind in order and one.ends_on is None]
    nodes.sort(key=lambda one: (order[Kind(one.kind)], one.name))
    return [(one.id, one.name) for one in nodes]
