"""All writes about the catalogue: drafting, publishing, abolishing, importing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from django.db import connection, transaction

from tinhso.kernel.errors import NotAllowed, NotFound, Refusal, Stale
from tinhso.kernel.journal.actions import note
from tinhso.kernel.people.rules import Actor
from tinhso.kernel.versions import actions as versions
from tinhso.kernel.versions.rules import State
from tinhso.modules.procedures import queries
from tinhso.modules.procedures.models import Procedure, ProcedureVersion
from tinhso.modules.procedures.rules import Permission, subject_of
from tinhso.modules.procedures.rules.checks import Finding, check_content
from tinhso.modules.procedures.rules.content import CODE, Content, Malformed, content_from, content_to
from tinhso.modules.procedures.rules.imports import Line, Taken, What, read_row
from tinhso.modules.procedures.rules.words import folded_name

SEEDS_VALID_FROM = date(2025, 7, 1)


def _ask(by: Actor, right: Permission) -> None:
    if not by.may(right):
        raise NotAllowed()


def grow_catalogue() -> None:
    """Tell all processes that the catalogue changed."""
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into procedures_catalogue (id, number) values (1, 1)"
            " on conflict (id) do update set number = procedures_catalogue.number + 1"
        )


def columns_of(content: Content) -> dict[str, Any]:
    """What the procedure's own row repeats of a content, for lists."""
    return {
        "name": content.names.legal,
        "plain_name": content.names.plain[:250],
        "name_folded": folded_name(content.names),
        "field": content.field[:200],
        "levels": list(content.levels),
        "is_online": content.is_online,
        "service_level": content.service_level,
    }


def typed(value: Any) -> Content:
    """The typed content. Raises Refusal ``procedures.malformed`` with a sentence that says where."""
    try:
        return content_from(value)
    except Malformed as problem:
        raise Refusal("procedures.malformed", str(problem)) from None


def _said(procedure: Procedure, version: ProcedureVersion, **more: Any) -> dict[str, Any]:
    return {"code": procedure.code, "name": procedure.shown_name, "number": version.number, **more}


@transaction.atomic
def draft(*, code: str, content: Any, by: Actor, at: datetime, legal_source: str = "") -> ProcedureVersion:
    """Begin a new version of a procedure, which is made when the code is new; nothing changes for the public.

    Raises Refusal ``procedures.code``, ``procedures.malformed``.
    """
    _ask(by, Permission.EDIT)
    if not CODE.fullmatch(code):
        raise Refusal("procedures.code", "Nhập mã quốc gia dạng 1.001193.", field="code")
    checked = typed(content)
    procedure, _ = Procedure.objects.get_or_create(code=code, defaults=columns_of(checked))
    version = versions.draft(
        ProcedureVersion,
        parent_id=procedure.pk,
        content=content_to(checked),
        by=by,
        at=at,
        legal_source=legal_source,
    )
    note(subject=subject_of(code), verb="procedures.drafted", by=by, at=at, data=_said(procedure, version))
    return version


@transaction.atomic
def redraft(
    *,
    version: ProcedureVersion,
    content: Any,
    by: Actor,
    at: datetime,
    seen_hash: str = "",
    legal_source: str | None = None,
) -> ProcedureVersion:
    """Change a draft. With ``seen_hash`` refused when somebody else changed it meanwhile."""
    _ask(by, Permission.EDIT)
    stored = ProcedureVersion.objects.select_for_update(of=("self",)).get(pk=version.pk)
    if seen_hash and stored.content_hash != seen_hash:
        raise Stale()
    changed = versions.change(stored, content=content_to(typed(content)), by=by, at=at, legal_source=legal_source)
    note(
        subject=subject_of(changed.procedure.code),
        verb="procedures.drafted",
        by=by,
        at=at,
        data=_said(changed.procedure, changed),
    )
    return changed


def findings(version: ProcedureVersion) -> tuple[Finding, ...]:
    """What publishing would stumble over."""
    return check_content(typed(version.content))


@transaction.atomic
def publish(*, version: ProcedureVersion, valid_from: date, by: Actor, at: datetime) -> ProcedureVersion:
    """Publish a draft from a day on and end the version before it.

    Raises Refusal ``procedures.checks`` while a finding forbids it, ``versions.overlap``, ``versions.not_draft``.
    """
    _ask(by, Permission.PUBLISH)
    procedure = Procedure.objects.locked(version.procedure.code)
    stored = ProcedureVersion.objects.get(pk=version.pk)
    content = typed(stored.content)
    blocking = [finding for finding in check_content(content) if finding.blocks]
    if blocking:
        raise Refusal("procedures.checks", blocking[0].message, field=blocking[0].part)
    current, replaced = versions.publish(stored, valid_from=valid_from, by=by, at=at)
    if replaced is not None:
        _tell(procedure, replaced, "procedures.replaced", by, at, valid_to=f"{replaced.valid_to:%d/%m/%Y}")
    _tell(procedure, current, "procedures.published", by, at, valid_from=f"{valid_from:%d/%m/%Y}")
    procedure.current, procedure.is_abolished = current, False
    for column, value in columns_of(content).items():
        setattr(procedure, column, value)
    procedure.save()
    grow_catalogue()
    return current


def _tell(procedure: Procedure, version: ProcedureVersion, verb: str, by: Actor, at: datetime, **more: str) -> None:
    note(subject=subject_of(procedure.code), verb=verb, by=by, at=at, data=_said(procedure, version, **more))


@transaction.atomic
def abolish(*, code: str, last_day: date, by: Actor, at: datetime) -> Procedure:
    """End a procedure on a day (bãi bỏ): its version stays for running dossiers, no new one can be filed after it."""
    _ask(by, Permission.PUBLISH)
    procedure = Procedure.objects.locked(code)
    if procedure.current is None:
        raise NotFound("procedures.not_published", "Thủ tục này chưa công bố bản nào.")
    ended = versions.end(procedure.current, last_day=last_day)
    _tell(procedure, ended, "procedures.ended", by, at, valid_to=f"{last_day:%d/%m/%Y}")
    procedure.is_abolished = True
    procedure.save(update_fields=["is_abolished"])
    grow_catalogue()
    return procedure


@transaction.atomic
def throw_away(*, version: ProcedureVersion, by: Actor) -> None:
    """Delete a draft; a procedure without any version goes with it."""
    _ask(by, Permission.EDIT)
    procedure = version.procedure
    versions.throw_away(version)
    if not procedure.versions.exists():
        procedure.delete()


IMPORT_CHUNK = 500


@transaction.atomic
def import_rows(
    rows: Iterable[Mapping[str, Any]], *, dry_run: bool, by: Actor, at: datetime, publish_on: date | None = None
) -> list[Line]:
    """Take in a catalogue: one report line a row, rows that did not change are left alone.

    A new or changed one becomes a draft, or is published from ``publish_on`` (or the row's own ``valid_from``) when no
    finding forbids it. One entry tells of the whole import. With ``dry_run`` nothing is written.
    """
    _ask(by, Permission.EDIT)
    if publish_on is not None:
        _ask(by, Permission.PUBLISH)
    known = queries.newest_versions()
    background = queries.background()
    report: list[Line] = []
    fresh: dict[str, Taken] = {}
    changed: dict[str, Taken] = {}
    for number, row in enumerate(rows, 1):
        line, taken = read_row(
            number, row, background, known, seen=fresh.keys() | changed.keys(), publish_on=publish_on
        )
        if taken is not None:
            (changed if taken.code in known else fresh)[taken.code] = taken
        report.append(line)
    if not dry_run:
        if any(one.valid_from for one in (*fresh.values(), *changed.values())):
            _ask(by, Permission.PUBLISH)
        _create(list(fresh.values()), by, at)
        report = _apply(report, changed, by, at)
        _tell_import(report, by, at)
    return report


def _create(taken: list[Taken], by: Actor, at: datetime) -> None:
    """New procedures in bulk, each with its first version."""
    for start in range(0, len(taken), IMPORT_CHUNK):
        part = taken[start : start + IMPORT_CHUNK]
        made = Procedure.objects.bulk_create([Procedure(code=one.code, **columns_of(one.content)) for one in part])
        versions_made = ProcedureVersion.objects.bulk_create(
            [
                ProcedureVersion(
                    procedure=procedure,
                    number=1,
                    content=one.value,
                    content_hash=one.hash,
                    legal_source=one.content.publication_decision[:250],
                    drafted_by_id=by.account_id,
                    drafted_at=at,
                    state=State.PUBLISHED if one.valid_from else State.DRAFT,
                    valid_from=one.valid_from,
                    published_by_id=by.account_id if one.valid_from else None,
                    published_at=at if one.valid_from else None,
                )
                for procedure, one in zip(made, part, strict=True)
            ]
        )
        published = [version for version in versions_made if not version.is_draft]
        for version in published:
            version.procedure.current = version
        Procedure.objects.bulk_update([version.procedure for version in published], ["current"])


def _apply(report: list[Line], changed: dict[str, Taken], by: Actor, at: datetime) -> list[Line]:
    """Changed procedures one by one; what cannot be published stays a draft and its line says why."""
    lines = []
    for line in report:
        one = changed.pop(line.code, None) if line.what in (What.CHANGED, What.WARNING) else None
        refused = _change(one, by, at) if one is not None else None
        lines.append(replace(line, what=What.WARNING, sentence=refused) if refused else line)
    return lines


def _change(one: Taken, by: Actor, at: datetime) -> str | None:
    """Write one changed procedure; the sentence why it could not be published, if so."""
    source = one.content.publication_decision[:250]
    version = draft(code=one.code, content=one.value, by=by, at=at, legal_source=source)
    try:
        if one.valid_from:
            publish(version=version, valid_from=one.valid_from, by=by, at=at)
    except Refusal as refusal:
        return f"Lưu bản nháp, chưa công bố: {refusal.message}"
    return None


def _tell_import(report: list[Line], by: Actor, at: datetime) -> None:
    counts = Counter(line.outcome for line in report)
    data = {key: counts[key] for key in ("created", "changed", "same", "failed")}
    if data["created"] or data["changed"]:
        grow_catalogue()
    note(subject="procedures/import", verb="procedures.imported", by=by, at=at, data=data)


def load_seeds(*, by: Actor, at: datetime, valid_from: date = SEEDS_VALID_FROM) -> list[Line]:
    """Publish the 109 sample procedures; loading them again changes nothing."""
    return import_rows(queries.seed_rows(), dry_run=False, by=by, at=at, publish_on=valid_from)


def run_import(rows: Iterable[Mapping[str, Any]], *, dry_run: bool, by: Actor, at: datetime) -> list[Line]:
    """What ``tinhso import procedures`` calls; rows are published from their own ``valid_from``, others are drafts."""
    return import_rows(rows, dry_run=dry_run, by=by, at=at)
