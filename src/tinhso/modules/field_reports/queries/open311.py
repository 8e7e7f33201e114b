"""Reports and what happened to them, as programs that speak Open311 ask for them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q, QuerySet

from tinhso.kernel.cases.rules import Phase
from tinhso.kernel.journal.models import Entry
from tinhso.kernel.manifest import registry
from tinhso.modules.field_reports.models import Photo, Report
from tinhso.modules.field_reports.queries.public import PublicReport, view
from tinhso.modules.field_reports.rules import open311
from tinhso.modules.field_reports.rules.open311 import Asked
from tinhso.modules.field_reports.rules.places import Box, Point, around, metres

MOST_UPDATES = 1000


def by_client(prefix: str) -> str:
    """What stands in ``source_ref`` of reports that this key's program filed."""
    return f"open311:{prefix}"


def wanted(asked: Asked) -> QuerySet[Report]:
    """Public reports that fit, newest first; not yet cut to a page."""
    rows = Report.objects.public().select_related("case")
    if asked.ids:
        return rows.filter(case__number__in=asked.ids).newest_first()
    if asked.since:
        rows = rows.filter(received_at__gte=asked.since)
    if asked.until:
        rows = rows.filter(received_at__lte=asked.until)
    if asked.services:
        rows = rows.filter(category__in=asked.services)
    if asked.statuses == {"open"}:
        rows = rows.exclude(case__phase=Phase.CLOSED)
    elif asked.statuses == {"closed"}:
        rows = rows.filter(case__phase=Phase.CLOSED)
    if asked.updated_since:
        rows = rows.filter(case__updated_at__gte=asked.updated_since)
    if asked.updated_until:
        rows = rows.filter(case__updated_at__lte=asked.updated_until)
    if asked.words:
        rows = rows.filter(Q(masked_text__icontains=asked.words) | Q(masked_title__icontains=asked.words))
    if box := _box(asked):
        rows = rows.shown_within(box)
    return rows.order_by("received_at", "case_id") if asked.oldest_first else rows.newest_first()


def _box(asked: Asked) -> Box | None:
    if asked.box:
        west, south, east, north = asked.box
        return Box(south, west, north, east)
    return around(asked.centre, asked.radius) if asked.centre else None


def page(asked: Asked) -> list[PublicReport]:
    """One page of reports with their photos: two statements."""
    start = (asked.page - 1) * asked.page_size
    rows = list(wanted(asked)[start : start + asked.page_size])
    if asked.centre:
        rows = [one for one in rows if _is_within(one, asked.centre, asked.radius)]
    return shown(rows)


def _is_within(report: Report, centre: Point, radius: float) -> bool:
    where = Point(report.public_latitude or 0.0, report.public_longitude or 0.0)
    return metres(centre, where) <= radius


def shown(rows: Sequence[Report]) -> list[PublicReport]:
    """Public rows as everybody may see them, with their photos: one statement."""
    photos: dict[int, list[Photo]] = {}
    for one in Photo.objects.filter(report__in=[row.pk for row in rows], public_copy__isnull=False):
        photos.setdefault(one.report_id, []).append(one)
    return [view(row, photos.get(row.pk, ())) for row in rows]


def total(asked: Asked, most: int = 10_000) -> int:
    """How many reports fit, counted up to ``most``."""
    return wanted(asked).order_by()[:most].count()


def one(number: str, client: str = "") -> PublicReport | None:
    """A report by its code, when it is public or this program filed it. What nobody may see is not found."""
    row = Report.objects.select_related("case").filter(case__number=number).first()
    if row is None or not (row.is_public or (client and row.source_ref == by_client(client))):
        return None
    if row.is_public:
        return shown([row])[0]
    return own(row)


def own(row: Report) -> PublicReport:
    """A report that is not public as the program that filed it may see it: what it said itself, masked, and how far
    it is; no photo and no answer, which are between the province and who sent it."""
    row.is_public = True  # only this object's, never written: ``view`` shows nothing else
    found = view(row)
    row.is_public = False
    return replace(found, answer="", photos=())


def id_of_token(case_id: int, *, at: datetime) -> tuple[Report | None, bool]:
    """The report behind a token, and whether its id may be told by now: once an operator has looked at it."""
    since = at - timedelta(days=open311.TOKEN_DAYS)
    row = Report.objects.select_related("case").filter(pk=case_id, received_at__gte=since).first()
    return row, row is not None and (row.case.state not in ("received", "need_info") or row.is_public)


def request(one: PublicReport, *, base: str) -> dict[str, Any]:
    """One report in the specification's words; every field, also those without value."""
    first = next(iter(one.photos), None)
    return {
        "service_request_id": one.code,
        "status": one.status,
        "status_notes": one.answer or one.state_name,
        "service_name": one.category.name,
        "service_code": one.category.code,
        "description": one.text,
        "agency_responsible": one.unit or None,
        "service_notice": None,
        "requested_datetime": open311.stamp(one.received_at),
        "updated_datetime": open311.stamp(one.closed_at or one.updated_at),
        "expected_datetime": open311.stamp(one.due_at),
        "address": one.address or None,
        "address_id": None,
        "zipcode": None,
        "lat": one.latitude,
        "long": one.longitude,
        "media_url": photo_address(base, first.id) if first else None,
    }


def photo_address(base: str, photo_id: int) -> str:
    return f"{base}/phan-anh/anh/{photo_id}.jpg"


def extended(reports: Sequence[PublicReport], *, base: str) -> list[dict[str, Any]]:
    """Reports with what ``extensions=true`` adds: how far in detail, answers to the kind's questions, notes, photos."""
    ids = [one.id for one in reports]
    answers = dict(Report.objects.filter(pk__in=ids).values_list("pk", "attributes"))
    notes: dict[int, list[dict[str, Any]]] = {}
    rows = Entry.objects.filter(case_id__in=ids, verb__in=open311.UPDATES).order_by("id")
    for entry in rows.values("case_id", "verb", "at", "data"):
        notes.setdefault(entry["case_id"], []).append(
            {
                "datetime": open311.stamp(entry["at"]),
                "description": sentence(entry["verb"], entry["data"]),
                "type": open311.UPDATES[entry["verb"]].lower(),
            }
        )
    return [
        request(one, base=base)
        | {
            "extended_attributes": {
                "detailed_status": open311.DETAILED.get(one.state, "IN_PROCESS"),
                "title": one.title,
                "commune": one.commune or None,
                "photos": [photo_address(base, photo.id) for photo in one.photos],
            },
            "attributes": public_answers(one, answers.get(one.id, {})),
            "notes": notes.get(one.id, []),
        }
        for one in reports
    ]


def public_answers(one: PublicReport, given: dict[str, Any]) -> list[dict[str, Any]]:
    """Answers chosen from lists and numbers; what people wrote freely may name somebody and is not told."""
    return [
        {"code": question.code, "name": question.name, "value": given[question.code]}
        for question in one.category.attributes
        if question.code in given and question.kind in ("singlevaluelist", "multivaluelist", "number", "datetime")
    ]


def sentence(verb: str, data: dict[str, Any]) -> str:
    """What an entry says to everybody; entries of these verbs hold no word of the sender's."""
    declared = registry.entries[verb]
    try:
        return declared.sentence.format(**data)
    except (KeyError, IndexError):
        return declared.sentence.split("{", 1)[0].strip(" :")


def updates(*, since: datetime, until: datetime | None, client: str = "") -> list[dict[str, Any]]:
    """What happened to public reports (and to those this program filed) in a span, oldest first: one statement."""
    seen = Q(is_public=True)
    if client:
        seen |= Q(source_ref=by_client(client))
    changed = Report.objects.filter(seen, case__updated_at__gte=since)
    rows = Entry.objects.filter(case_id__in=changed.values("pk"), verb__in=open311.UPDATES, at__gte=since)
    if until:
        rows = rows.filter(at__lte=until)
    found = rows.select_related("case").order_by("id")[:MOST_UPDATES]
    return [
        {
            "update_id": str(entry.pk),
            "service_request_id": entry.case.number if entry.case else "",
            "status": open311.UPDATES[entry.verb],
            "updated_datetime": open311.stamp(entry.at),
            "description": sentence(entry.verb, entry.data),
            "media_url": None,
        }
        for entry in found
    ]
