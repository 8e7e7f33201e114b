"""Writes about versions: a draft begun and changed, a version published from a day on, ended, thrown away.

They record no entry and ask no right: the module that owns the thing does, in the same transaction.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, TypeVar

from django.db import models, transaction
from django.db.models import Max

from tinhso.kernel.errors import Refusal
from tinhso.kernel.people.rules import Actor
from tinhso.kernel.versions import rules
from tinhso.kernel.versions.models import Version, VersionQuerySet
from tinhso.kernel.versions.rules import State

V = TypeVar("V", bound=Version)


def _lock_parent(model: type[Version], parent_id: int) -> models.Model:
    parent: type[models.Model] = model._meta.get_field(model.parent_field).related_model  # type: ignore[assignment]
    return parent._default_manager.select_for_update().get(pk=parent_id)


def _siblings(version: Version) -> VersionQuerySet:
    return type(version).objects.filter(**{f"{version.parent_field}_id": version.parent_id})


@transaction.atomic
def draft(
    model: type[V], *, parent_id: int, content: Any, by: Actor, at: datetime, legal_source: str = "", **more: Any
) -> V:
    """Begin a new draft; its number follows the highest there is."""
    _lock_parent(model, parent_id)
    own = {f"{model.parent_field}_id": parent_id}
    highest = model.objects.filter(**own).aggregate(highest=Max("number"))["highest"] or 0
    return model.objects.create(
        **own,
        **more,
        number=highest + 1,
        content=content,
        content_hash=rules.content_hash(content),
        legal_source=legal_source,
        drafted_by_id=by.account_id,
        drafted_at=at,
    )


def _locked_draft(version: V) -> V:
    _lock_parent(type(version), version.parent_id)
    current: V = _siblings(version).get(pk=version.pk)
    if not current.is_draft:
        raise Refusal("versions.not_draft", "Bản này đã công bố nên không sửa được. Tạo một bản nháp mới từ bản này.")
    return current


@transaction.atomic
def change(version: V, *, content: Any, by: Actor, at: datetime, legal_source: str | None = None) -> V:
    """Put a new content into a draft; refused for any other version."""
    current = _locked_draft(version)
    current.content, current.content_hash = content, rules.content_hash(content)
    current.drafted_by_id, current.drafted_at = by.account_id, at
    if legal_source is not None:
        current.legal_source = legal_source
    current.save(update_fields=["content", "content_hash", "drafted_by", "drafted_at", "legal_source"])
    return current


@transaction.atomic
def publish(version: V, *, valid_from: date, by: Actor, at: datetime) -> tuple[V, V | None]:
    """Publish a draft from a day on; the one that held until then ends the day before.

    Returns the published and the replaced version. Raises Refusal ``versions.not_draft``, ``versions.overlap``.
    """
    current = _locked_draft(version)
    binding = {other.number: other for other in _siblings(version).binding()}
    found = rules.last_day_of_previous([other.span for other in binding.values()], valid_from)
    replaced: V | None = None
    if found is not None:
        replaced = binding[found[0].number]
        replaced.state, replaced.valid_to = State.REPLACED, found[1]
        replaced.save(update_fields=["state", "valid_to"])
    current.state, current.valid_from, current.valid_to = State.PUBLISHED, valid_from, None
    current.published_by_id, current.published_at = by.account_id, at
    current.save(update_fields=["state", "valid_from", "valid_to", "published_by", "published_at"])
    return current, replaced


@transaction.atomic
def end(version: V, *, last_day: date) -> V:
    """Let a published version end on a day without a successor, as when the thing is abolished."""
    _lock_parent(type(version), version.parent_id)
    current: V = _siblings(version).get(pk=version.pk)
    if current.is_draft or (current.valid_from and last_day < current.valid_from):
        raise Refusal("versions.ends_before_it_begins", "Chọn ngày kết thúc không trước ngày bắt đầu hiệu lực.")
    current.state, current.valid_to = State.REPLACED, last_day
    current.save(update_fields=["state", "valid_to"])
    return current


@transaction.atomic
def throw_away(version: Version) -> None:
    """Delete a draft; a version that was ever published stays."""
    _locked_draft(version).delete()
