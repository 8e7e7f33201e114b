"""What officials' pages show: lists in their scope, one report without its sender, and what a call is compared with."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q

from tinhso.kernel.cases.models import Case
from tinhso.kernel.cases.queries import left_words, matching
from tinhso.kernel.cases.rules import Move, Phase, open_moves
from tinhso.kernel.journal.models import Entry
from tinhso.kernel.journal.queries import timeline
from tinhso.kernel.manifest import Audience, registry
from tinhso.kernel.people.rules import NOBODY, Actor, phone_number
from tinhso.kernel.search.rules import Hit
from tinhso.kernel.units.queries import tree
from tinhso.modules.field_reports.models import Assignment, Extension, Photo, Rating, Report
from tinhso.modules.field_reports.queries import places
from tinhso.modules.field_reports.queries.catalogue import catalogue, category_of
from tinhso.modules.field_reports.queries.pages import paged
from tinhso.modules.field_reports.queries.standing import lead_of, standing_of
from tinhso.modules.field_reports.rules.catalogue import Catalogue, Category, Publicity, attributes_shown
from tinhso.modules.field_reports.rules.places import Point
from tinhso.modules.field_reports.rules.states import FIELD_REPORT, STATES, Permission, Standing
from tinhso.modules.field_reports.rules.words import is_about
from tinhso.modules.questions import door as questions

MOST_SHOWN, MOST_ENTRIES = 6, 80
MOST_ASKED, LETTERS = 3, 200
RECENT = timedelta(days=7)
TABS = {
    "cho-xu-ly": ("Chờ phân loại", ("received",)),
    "chuyen-tra": ("Đơn vị chuyển trả", ("returned", "accepted")),
    "cho-bo-sung": ("Chờ người gửi", ("need_info",)),
    "mo-lai": ("Mở lại", ("reopened",)),
}


def triage(tab: str, actor: Actor, after: tuple[datetime, int] | None) -> tuple[list[Report], str]:
    """One page of what waits for the desk: danger first is the order of the deadline, so the most urgent first."""
    units = actor.scope(Permission.OPERATE)
    phase = Phase.PAUSED if tab == "cho-bo-sung" else Phase.OPEN  # so that the inbox's index serves
    rows = Report.objects.filter(case__state__in=TABS[tab][1], case__phase=phase, case__kind=FIELD_REPORT.code)
    if not units.everywhere:
        rows = rows.filter(case__received_unit_id__in=sorted(units.units))
    rows = rows.select_related("case", "commune").order_by("case__urgent_at", "case_id")
    if after is not None:
        moment, last = after
        rows = rows.filter(Q(case__urgent_at__gt=moment) | Q(case__urgent_at=moment, case_id__gt=last))
    got = list(rows[:21])
    more = f"{got[19].case.urgent_at.isoformat()}~{got[19].pk}" if len(got) > 20 else ""
    return got[:20], more


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the reader of the list asked for."""

    state: str = ""
    category: str = ""
    text: str = ""
    only_late: bool = False
    after: tuple[datetime, int] | None = None


def listed(wanted: Wanted, actor: Actor, at: datetime) -> tuple[list[Report], str]:
    """One page of the reports that the actor may see, the newest first."""
    rows = Report.objects.visible_to(actor).select_related("case", "commune")
    if wanted.state:
        rows = rows.filter(case__state=wanted.state)
    if wanted.category:
        rows = rows.filter(category=wanted.category)
    if wanted.only_late:
        rows = rows.filter(case__phase=Phase.OPEN, case__urgent_at__lt=at)
    if wanted.text:
        rows = rows.filter(case__in=matching(Case.objects.filter(kind=FIELD_REPORT.code), wanted.text))
    return paged(rows.newest_first(), wanted.after)


@dataclass(frozen=True, slots=True)
class Shown:
    """One report for an official: place, photos and words, never who sent it."""

    report: Report
    category: Category
    catalogue: Catalogue
    standing: Standing
    lead: Assignment | None
    moves: dict[str, Move]
    left: str
    unit: str
    photos: list[Photo]
    after: list[Photo]
    turns: list[Assignment]
    extension: Extension | None
    rating: Rating | None
    history: list[dict[str, Any]]
    near: list[Report]
    children: list[Report]
    is_desk: bool
    may_identify: bool
    is_helping: bool
    may_extend: bool
    may_decide_extension: bool
    may_disagree: bool
    may_show: bool
    answers: list[tuple[str, str]]
    point: str


def shown(report: Report, actor: Actor, at: datetime) -> Shown:
    """All that the page of a report shows."""
    case = report.case
    lead = lead_of(report)
    standing = standing_of(report, at, lead)
    moves = {one.verb: one for one in open_moves(FIELD_REPORT.lifecycle, case.state, case.whom, actor, standing)}
    photos = list(Photo.objects.filter(report=report).select_related("original__blob"))
    turns = list(Assignment.objects.filter(report=report).select_related("unit"))
    extension = Extension.objects.filter(report=report).first()
    is_desk = actor.may(Permission.OPERATE, case.received_unit_id)
    at_unit = case.state in ("assigned", "in_progress") and actor.may(Permission.HANDLE, case.unit_id)
    in_time = case.due_at is not None and at <= case.due_at
    names = tree().nodes
    return Shown(
        report=report,
        category=category_of(report),
        catalogue=catalogue(report.edition_id),
        standing=standing,
        lead=lead,
        moves=moves,
        left=left_words(case, at),
        unit=names[case.unit_id].name if case.unit_id in names else "",
        photos=[one for one in photos if one.stage != Photo.Stage.AFTER],
        after=[one for one in photos if one.stage == Photo.Stage.AFTER],
        turns=turns,
        extension=extension,
        rating=Rating.objects.filter(report=report).first(),
        history=_history(case),
        near=_near(report, at) if is_desk else [],
        children=list(Report.objects.filter(parent=report).select_related("case")[:20]) if is_desk else [],
        is_desk=is_desk,
        may_identify=actor.may(Permission.IDENTIFY, case.received_unit_id),
        is_helping=any(
            one.part == Assignment.Part.SUPPORT and one.ends_at is None and actor.may(Permission.HANDLE, one.unit_id)
            for one in turns
        ),
        may_extend=at_unit and in_time and extension is None,
        may_decide_extension=extension is not None and extension.granted is None
        and actor.may(Permission.APPROVE, case.unit_id),
        may_disagree=at_unit and "send_back" not in moves,
        may_show=is_desk and category_of(report).publicity is not Publicity.NEVER,
        answers=attributes_shown(category_of(report), report.attributes),
        point=f"{report.latitude:.5f}, {report.longitude:.5f}" if report.latitude is not None else "",
    )  # fmt: skip


def _history(case: Case) -> list[dict[str, Any]]:
    rows = Entry.objects.filter(case_id=case.pk).order_by("-seq")[:MOST_ENTRIES]
    return timeline(rows)


def _near(report: Report, at: datetime) -> list[Report]:
    """What may be the same: same kind within 100 m and seven days."""
    if report.latitude is None or report.longitude is None or report.case.phase >= Phase.SETTLED:
        return []
    found = places.near(report.category, Point(report.latitude, report.longitude), at=at)
    return [one for one in found if one.pk != report.pk]


@dataclass(frozen=True, slots=True)
class Compared:
    """What an operator sees while the caller talks."""

    earlier: list[Report]
    similar: list[Report]
    kinds: list[Category]
    answers: list[Any]


def compared(
    *, phone: str, text: str, commune_id: int | None, edition: Catalogue, actor: Actor, at: datetime
) -> Compared:
    """Earlier reports of the number, open ones of the likely kinds, and what modules can answer at once.

    Only for the desk: who may not file for callers sees none of it."""
    number = phone_number(phone) if phone else None
    visible = Report.objects.visible_to(actor).select_related("case", "commune")
    earlier = list(visible.filter(phone=number).newest_first()[:MOST_SHOWN]) if number else []
    kinds = edition.suggest(text) if len(text) > 3 else []
    similar: list[Report] = []
    if kinds:
        rows = visible.filter(
            category__in=[one.code for one in kinds], received_at__gte=at - RECENT, parent__isnull=True,
            case__phase__in=(Phase.OPEN, Phase.PAUSED),
        )  # fmt: skip
        rows = rows.filter(commune_id=commune_id) if commune_id else rows
        similar = list(rows.newest_first()[:MOST_SHOWN])
    return Compared(earlier, similar, kinds, _answers(text))


def _answers(text: str) -> list[Any]:
    """What the public could find by these words and is about the same: procedures, published answers, whatever modules
    offer. Nothing of the operator's own."""
    if len(text.split()) < 2:
        return []
    found: list[Any] = []
    for one in registry.collect("search", Audience.PORTAL):
        found += [hit for hit in list(one.find(text, NOBODY, 3))[:3] if is_about(text, f"{hit.title} {hit.note}")]
    return found[:MOST_SHOWN] + _asked_most(found)


def _asked_most(found: list[Any]) -> list[Hit]:
    """What people ask most about the procedure that was found first, unless it was found by itself."""
    code = next((hit.code for hit in found if hit.code), "")
    titles = {hit.title for hit in found}
    asked = questions.frequent_answers(code, MOST_ASKED) if code else []
    return [Hit(one.title, one.url, one.text[:LETTERS]) for one in asked if one.title not in titles]


def states() -> list[tuple[str, str]]:
    return [(one.code, one.name) for one in STATES]
