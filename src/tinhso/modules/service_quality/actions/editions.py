"""Editions of the index drafted and published; numbers that others supply."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from functools import partial
from typing import Any

from django.db import transaction

from tinhso.kernel.clock.rules.periods import period_of
from tinhso.kernel.errors import NotAllowed, NotFound, Refusal
from tinhso.kernel.journal.actions import note
from tinhso.kernel.people.rules import SYSTEM, Actor
from tinhso.kernel.versions import actions as versions
from tinhso.kernel.versions import seeding
from tinhso.modules.service_quality.models import CountedPeriod, Index, IndexEdition, Supplied
from tinhso.modules.service_quality.rules import editions as rules
from tinhso.modules.service_quality.rules.inputs import SUPPLIED, TITLES
from tinhso.modules.service_quality.rules.words import Permission

MOST = 10**6


def _ask(by: Actor) -> None:
    if not by.may(Permission.MANAGE):
        raise NotAllowed


@transaction.atomic
def draft(content: Mapping[str, Any], *, by: Actor, at: datetime) -> IndexEdition:
    """Keep an edition as a draft. Raises Refusal ``service_quality.edition`` with what is wrong, in words."""
    _ask(by)
    checked = rules.read(content)
    kept, _made = Index.objects.get_or_create(code=checked.code[:40], defaults={"name": checked.name[:200]})
    source = checked.decision[:250]
    return versions.draft(IndexEdition, parent_id=kept.pk, content=dict(content), by=by, at=at, legal_source=source)


@transaction.atomic
def publish(edition_id: int, *, valid_from: date, by: Actor, at: datetime) -> IndexEdition:
    """Publish a draft from a day on. A day within closed months is refused: their scores stay as they are."""
    _ask(by)
    version = IndexEdition.objects.filter(pk=edition_id).first()
    if version is None:
        raise NotFound
    checked = rules.read(version.content)
    closed = CountedPeriod.objects.filter(closed_at__isnull=False, months=1).order_by("-since").first()
    if closed is not None and valid_from <= closed.period.until:
        raise Refusal(
            "service_quality.closed",
            f"{closed.period.name} đã chốt. Chọn ngày bắt đầu sau {closed.period.until:%d/%m/%Y}.",
            field="valid_from",
        )
    published, _replaced = versions.publish(version, valid_from=valid_from, by=by, at=at)
    name = f"{checked.name} ({checked.variant})" if checked.variant else checked.name
    data = {"name": name, "valid_from": f"{valid_from:%d/%m/%Y}", "hash": published.content_hash}
    subject = f"service_quality/edition/{published.pk}"
    note(subject=subject, verb="service_quality.publish", by=by, at=at, data=data)
    return published


def load_seeds(*, at: datetime) -> None:
    """Publish or draft the seeded editions where there are none yet."""
    if not IndexEdition.objects.exists():
        seeding.seed(IndexEdition, "tinhso.modules.service_quality", "q766.yaml", partial(_take_in, at=at))


def _take_in(content: Mapping[str, Any], first: date | None, *, at: datetime) -> None:
    version = draft(content, by=SYSTEM, at=at)
    if first:
        publish(version.pk, valid_from=first, by=SYSTEM, at=at)


def run_import(rows: Iterable[Mapping[str, Any]], *, dry_run: bool, by: Actor, at: datetime) -> Iterator[str]:
    """What ``tinhso import service-index`` calls: each row is an edition; with ``valid_from`` it is published."""
    for number, row in enumerate(rows, 1):
        content = {name: value for name, value in row.items() if name != "valid_from"}
        try:
            checked = rules.read(content)
            first = row.get("valid_from") or None
            day = date.fromisoformat(str(first)) if first else None
            with transaction.atomic():
                version = draft(content, by=by, at=at)
                if day:
                    publish(version.pk, valid_from=day, by=by, at=at)
        except ValueError:
            yield f"Dòng {number}\tLỗi\tCột valid_from phải là ngày, như 2027-01-01."
        except Refusal as refusal:
            yield f"Dòng {number}\tLỗi\t{refusal.message}"
        else:
            yield f"Dòng {number}\t{'Sẽ nhận' if dry_run else 'Đã nhận'}\t{checked.name}: {checked.most} điểm"


def supply(rows: Iterable[Mapping[str, Any]], *, dry_run: bool, by: Actor, at: datetime) -> Iterator[str]:
    """What ``tinhso import service-index-figures`` calls: month, name, number, source. A closed month is refused."""
    _ask(by)
    closed = {one.since for one in CountedPeriod.objects.filter(months=1, closed_at__isnull=False)}
    months = set()
    for number, row in enumerate(rows, 1):
        wrong = _wrong(row, closed)
        if wrong:
            yield f"Dòng {number}\tLỗi\t{wrong}"
            continue
        period = period_of(str(row["month"]))
        assert period is not None
        said = {"number": int(row["number"]), "source": str(row["source"])[:200]}
        who = {"supplied_by_id": by.account_id, "supplied_at": at}
        Supplied.objects.update_or_create(month=period.since, name=row["name"], defaults={**said, **who})
        months.add(period.since)
        said_of = "Sẽ nhận" if dry_run else "Đã nhận"
        yield f"Dòng {number}\t{said_of}\t{period.name}: {TITLES[row['name']]} = {said['number']}"
    if months:
        data = {"months": len(months)}
        note(subject="service_quality/supplied", verb="service_quality.supply", by=by, at=at, data=data)


def _wrong(row: Mapping[str, Any], closed: set[date]) -> str:
    """What is wrong with a supplied number, in words; empty when nothing is."""
    period = period_of(str(row.get("month", "")))
    if period is None or period.months != 1:
        return "Cột month là tháng, như 2026-11."
    if row.get("name") not in SUPPLIED:
        return f"Cột name là một trong: {', '.join(SUPPLIED)}."
    if not str(row.get("number", "")).isdecimal() or int(row["number"]) > MOST:
        return "Cột number là số nguyên không âm."
    if not str(row.get("source", "")).strip():
        return "Cột source ghi văn bản hoặc nơi cung cấp số liệu."
    return f"{period.name} đã chốt, không nhận số liệu nữa." if period.since in closed else ""
