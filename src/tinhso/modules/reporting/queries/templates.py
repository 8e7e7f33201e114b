"""Templates as values, kept by the hash of their content."""

from __future__ import annotations

from functools import lru_cache

import msgspec
from django.db.models import QuerySet

from tinhso.kernel.people.rules import Actor
from tinhso.kernel.versions.rules import canonical
from tinhso.modules.reporting.models import ReportTemplate, ReportVersion
from tinhso.modules.reporting.rules.sheets import Template, template_from


@lru_cache(maxsize=64)
def _read(content_hash: str, content: str) -> Template:
    return template_from(msgspec.json.decode(content))


def of(version: ReportVersion) -> Template:
    """What a version asks. Raises Refusal for a draft that cannot be read."""
    return _read(version.content_hash, canonical(version.content))


def versions_for(actor: Actor) -> QuerySet[ReportVersion]:
    """Versions of the templates whose office the actor works for, drafts among them."""
    asked = ReportTemplate.objects.asked_by(actor)
    rows = ReportVersion.objects.filter(template__in=asked).select_related("template__owner")
    return rows.order_by("template__name", "-number")
