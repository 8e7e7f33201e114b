"""Definitions published from a day on; the seeded ones."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import connection, transaction

from tinhso.kernel.errors import NotAllowed, Refusal
from tinhso.kernel.facts.rules import terms
from tinhso.kernel.journal.actions import note
from tinhso.kernel.manifest import registry
from tinhso.kernel.people.rules import SYSTEM, Actor
from tinhso.kernel.versions import actions as versions
from tinhso.kernel.versions.rules import State, content_hash
from tinhso.modules.indicators.models import Indicator, IndicatorVersion
from tinhso.modules.indicators.queries.seeds import seeded
from tinhso.modules.indicators.rules.definitions import Definition, definition_from
from tinhso.modules.indicators.rules.words import Permission

_LOCK = 7611


@transaction.atomic
def define(
    code: str, content: Mapping[str, Any], *, valid_from: date, legal_source: str = "", by: Actor, at: datetime
) -> IndicatorVersion:
    """Publish a definition from a day on; an earlier one ends the day before.

    Raises Refusal ``indicators.definition`` with all that is wrong, ``versions.overlap``.
    """
    if not by.may(Permission.MANAGE):
        raise NotAllowed
    body = {key: value for key, value in content.items() if key not in ("code", "valid_from")}
    definition = definition_from(code, body)
    _check_facts(definition)
    kept, _made = Indicator.objects.get_or_create(code=code, defaults={"name": definition.name[:250]})
    Indicator.objects.filter(pk=kept.pk).update(name=definition.name[:250])
    draft = versions.draft(
        IndicatorVersion, parent_id=kept.pk, content=body, by=by, at=at, legal_source=legal_source[:250]
    )
    published, _replaced = versions.publish(draft, valid_from=valid_from, by=by, at=at)
    data = {"name": definition.name, "number": published.number, "hash": published.content_hash}
    note(subject=f"indicators/indicator/{kept.pk}", verb="indicators.define", by=by, at=at, data=data)
    return published


def _check_facts(definition: Definition) -> None:
    """Facts that nobody counts would give zeros that look like figures."""
    unknown = {
        term.name
        for part in definition.parts
        if part.kind == "facts"
        for term in terms(part.source)
        if term.name not in registry.facts
    }
    if unknown:
        raise Refusal(
            "indicators.definition", f"Không có số liệu gốc mang tên: {', '.join(sorted(unknown))}.", field="content"
        )


@transaction.atomic
def load_seeds(*, at: datetime) -> None:
    """Publish the seeded definitions where there are none yet; two at once publish them once."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(%s)", [_LOCK])
    seeds = seeded()
    known = set(Indicator.objects.values_list("code", flat=True))
    fresh = [one for one in seeds["indicators"] if one["code"] not in known]
    made = Indicator.objects.bulk_create(Indicator(code=one["code"], name=one["name"]) for one in fresh)
    first = date.fromisoformat(seeds["valid_from"])
    rows = []
    for kept, one in zip(made, fresh, strict=True):
        body = {"tolerance": seeds["tolerance"], **{key: value for key, value in one.items() if key != "code"}}
        definition_from(one["code"], body)
        rows.append(_published(kept, body, first, at))
    IndicatorVersion.objects.bulk_create(rows)
    if fresh:
        data = {"name": f"{len(fresh)} chỉ tiêu có sẵn", "number": 1, "hash": ""}
        note(subject="indicators/seeds", verb="indicators.define", by=SYSTEM, at=at, data=data)


def _published(kept: Indicator, body: dict[str, Any], first: date, at: datetime) -> IndicatorVersion:
    sources = dict.fromkeys(law["source"] for law in body.get("laws", ()))
    return IndicatorVersion(
        indicator=kept, number=1, content=body, content_hash=content_hash(body),
        legal_source="; ".join(sources)[:250], drafted_at=at, published_at=at, valid_from=first,
        state=State.PUBLISHED,
    )  # fmt: skip
