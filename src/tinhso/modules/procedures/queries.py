"""The catalogue as it is in force: read once per process, read anew when the counter grew or the day changed."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.db.models import Exists, OuterRef, Q, TextField
from django.db.models.functions import Cast
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from tinhso.kernel.errors import NotFound
from tinhso.kernel.journal.models import Entry
from tinhso.kernel.journal.queries import timeline
from tinhso.kernel.language import readers_language
from tinhso.kernel.people.rules import Actor
from tinhso.kernel.search.queries import synonyms
from tinhso.kernel.search.rules import Document, Hit, Index, fold
from tinhso.kernel.seeds import seed
from tinhso.kernel.statements import Kept, Slot
from tinhso.modules.procedures.models import Catalogue, Procedure, ProcedureVersion
from tinhso.modules.procedures.rules import sheets, subject_of
from tinhso.modules.procedures.rules.content import CODE, Branch, Content, Section, sections_from
from tinhso.modules.procedures.rules.imports import Known
from tinhso.modules.procedures.rules.rows import Background
from tinhso.modules.procedures.rules.sheets import ProcedureSheet, sheet_from

LONGEST_QUESTION = 200
MOST_FOUND = 200
_COLUMNS = ("id", "procedure_id", "procedure__code", "number", "valid_from", "valid_to")
_TEXT = Cast("content", TextField())


@lru_cache(maxsize=2048)
def sheet(version_id: int) -> ProcedureSheet:
    """A version by its id, also a replaced one; kept in the process, since published versions never change.

    The last day may be set later; ask ``published`` for what is in force. Raises NotFound for drafts and unknown ids.
    """
    row = ProcedureVersion.objects.binding().filter(pk=version_id).values_list(*_COLUMNS, _TEXT).first()
    if row is None:
        raise NotFound("procedures.no_version", "Không tìm thấy bản thủ tục này.")
    return sheet_from(*row)


def published(code: str, on: date) -> ProcedureSheet | None:
    """The sheet in force on a day; None when there is none."""
    found = _IN_FORCE(code=code, day=on)
    return sheet(found[0][0]) if found else None


_DAY: Any = Slot("day")
_IN_FORCE = Kept(
    lambda: ProcedureVersion.objects.in_force_on(_DAY).filter(procedure__code=Slot("code")).values_list("pk")
)


class _Kept:
    number: int = -1
    day: date | None = None
    sheets: Mapping[str, ProcedureSheet] = {}
    lock = threading.Lock()


def catalogue_number() -> int:
    return Catalogue.objects.filter(pk=1).values_list("number", flat=True).first() or 0


def in_force(on: date) -> Mapping[str, ProcedureSheet]:
    """All sheets in force on a day by code, in order of code. Costs one statement unless something changed."""
    number = catalogue_number()
    if (_Kept.number, _Kept.day) == (number, on):
        return _Kept.sheets
    with _Kept.lock:
        if (_Kept.number, _Kept.day) != (number, on):  # who waited finds it read
            rows = ProcedureVersion.objects.in_force_on(on).order_by("procedure__code").values_list(*_COLUMNS, _TEXT)
            found = [sheet_from(*row) for row in rows.iterator(chunk_size=200)]
            _Kept.sheets = {one.code: one for one in found}
            _Kept.number, _Kept.day = number, on
    return _Kept.sheets


def forget() -> None:
    """Read everything anew: between tests."""
    sheet.cache_clear()
    _Kept.number = -1


def online_count(on: date) -> int:
    """How many procedures in force can be filed on the province's portal."""
    return sum(one.is_online for one in in_force(on).values())


def versions_of(procedure: Procedure) -> list[ProcedureVersion]:
    """All versions, newest first, with the names of those who drafted and published."""
    return list(procedure.versions.select_related("drafted_by", "published_by").defer("content").order_by("-number"))


PACKAGE = "tinhso.modules.procedures"


@lru_cache(maxsize=1)
def background() -> Background:
    """What completes a row of the catalogue: plain names, forms and process templates from ``seeds/``."""
    extras = seed(PACKAGE, "extras.yaml")
    return Background(
        extras=extras["procedures"],
        groups=extras["groups"],
        templates=seed(PACKAGE, "processes.yaml"),
        forms=_forms(),
    )


def _forms() -> dict[str, tuple[Section, ...]]:
    folder = Path(__file__).parent / "seeds/forms"
    return {path.stem: sections_from(seed(PACKAGE, f"forms/{path.name}")) for path in sorted(folder.glob("*.yaml"))}


@lru_cache(maxsize=1)
def _sample() -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = seed(PACKAGE, "procedures.yaml")
    return rows


def seed_rows(code: str = "") -> list[dict[str, Any]]:
    """The rows of the sample catalogue, all or that of one code; the caller may change them."""
    return deepcopy([row for row in _sample() if code in ("", row["code"])])


def newest_content(code: str) -> Content | None:
    """What the newest version of a procedure says, draft or not; None for a code without any."""
    newest = ProcedureVersion.objects.filter(procedure__code=code).order_by("-number").first()
    return newest.sheet_content if newest else None


def newest_versions() -> dict[str, Known]:
    """Hash and first day of each procedure's newest version, by code."""
    rows = (
        ProcedureVersion.objects.order_by("procedure_id", "-number")
        .distinct("procedure_id")
        .values_list("procedure__code", "content_hash", "valid_from")
    )
    return {code: Known(hash, first_day) for code, hash, first_day in rows}


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a reader of the catalogue narrows it to; empty values narrow nothing."""

    text: str = ""
    audience: str = ""  # "ca-nhan" persons, "doanh-nghiep" businesses
    online_only: bool = False
    field: str = ""
    level: str = ""

    def admits(self, one: ProcedureSheet) -> bool:
        return (
            (not self.online_only or one.is_online)
            and (not self.field or one.field == self.field)
            and (not self.level or self.level in one.levels)
            and (self.audience != "ca-nhan" or one.for_persons)
            and (self.audience != "doanh-nghiep" or one.for_businesses)
        )


@dataclass(frozen=True, slots=True)
class Match:
    """A procedure found: by which everyday name, and in which case of it that name belongs to."""

    sheet: ProcedureSheet
    name: str = ""
    branch: Branch | None = None


class _Indexed:
    lock = threading.Lock()
    sheets: Mapping[str, ProcedureSheet] | None = None
    synonyms: Mapping[str, tuple[str, ...]] | None = None
    index: Index | None = None


def _index(sheets_in_force: Mapping[str, ProcedureSheet]) -> Index:
    """The search index over these sheets; built anew when they or the synonyms changed."""
    words = synonyms()
    with _Indexed.lock:
        if _Indexed.sheets is not sheets_in_force or _Indexed.synonyms is not words or _Indexed.index is None:
            _Indexed.index = Index([_document(one) for one in sheets_in_force.values()], words)
            _Indexed.sheets, _Indexed.synonyms = sheets_in_force, words
        return _Indexed.index


def _document(one: ProcedureSheet) -> Document:
    names = one.names
    cases = [name for branch in one.branches for name in (branch.name, *branch.everyday)]
    called = (names.plain, *names.everyday, *cases)
    return Document(
        key=one.code,
        title=names.legal,
        names=tuple(name for name in called if name),
        field=one.field,
        code=one.code,
        boost=1.05 if one.is_online else 1.0,
    )


def find(text: str, on: date, limit: int = 20, wanted: Wanted | None = None) -> list[Match]:
    """Procedures in force that answer a question in everyday words, best first."""
    known = in_force(on)
    found = _index(known).search(text[:LONGEST_QUESTION], limit=limit if wanted is None else MOST_FOUND)
    matches = []
    for one in found:
        sheet_found = known[one.key]
        if wanted is None or wanted.admits(sheet_found):
            matches.append(Match(sheet_found, one.name, _branch_called(sheet_found, one.name)))
    return matches[:limit]


def _branch_called(one: ProcedureSheet, name: str) -> Branch | None:
    return next((branch for branch in one.branches if name and name in (branch.name, *branch.everyday)), None)


def browse(on: date, wanted: Wanted, *, page: int = 1, size: int = 20) -> tuple[list[Match], int]:
    """One page of the catalogue and how many procedures there are in all; searched when there is a text."""
    if wanted.text.strip():
        matches = find(wanted.text, on, MOST_FOUND, wanted)
    else:
        admitted = [one for one in in_force(on).values() if wanted.admits(one)]
        matches = [Match(one) for one in sorted(admitted, key=lambda one: (not one.is_online, fold(one.name)))]
    start = (max(page, 1) - 1) * size
    return matches[start : start + size], len(matches)


def fields_in_force(on: date) -> list[str]:
    """The fields (lĩnh vực) that have a procedure in force, in the order of the alphabet without marks."""
    return sorted({one.field for one in in_force(on).values() if one.field}, key=fold)


def hit_of(match: Match, on: date) -> Hit:
    """A match as a search result: title, time, fee, way of filing, and the name people call it by."""
    one, branch = match.sheet, match.branch
    code = branch.code if branch else ""
    query = f"?truong-hop={code}" if code else ""
    content, language = one.content, readers_language()
    return Hit(
        title=f"{one.name} · {branch.name}" if branch else one.name,
        url=reverse("procedures:page", args=[one.code]) + query,
        subtitle=one.legal_name if one.legal_name != one.name else one.field,
        facts=(
            sheets.limit_words(sheets.limit_spec(content, "online", code), language),
            sheets.fee_words(content, on, "online", code, language),
            _("Nộp trực tuyến") if one.is_online else _("Nộp tại Một cửa"),
        ),
        note=_("Thường gọi: %(name)s") % {"name": match.name} if match.name and match.name != one.name else "",
        code=one.code,
    )


def search_hits(text: str, actor: Actor, limit: int = 10) -> list[Hit]:
    """What the finder asks; the catalogue is public, so that everybody finds the same."""
    today = timezone.localdate()
    return [hit_of(match, today) for match in find(text, today, limit)]


def history(code: str, limit: int = 50) -> list[dict[str, Any]]:
    """What happened to a procedure, newest first, as sentences."""
    entries = Entry.objects.filter(subject=subject_of(code)).order_by("-seq")[:limit]
    return timeline(entries)


def listed(actor: Actor, text: str = "", only_drafts: bool = False) -> Any:
    """The procedures an official may see, narrowed by a code or by words of its names; one statement when read."""
    rows = Procedure.objects.visible_to(actor)
    for word in fold(text[:LONGEST_QUESTION]).split()[:8]:
        rows = rows.filter(Q(name_folded__contains=word) | Q(code__startswith=word))
    if text.strip() and CODE.fullmatch(text.strip()):
        rows = Procedure.objects.visible_to(actor).filter(code=text.strip())
    drafts = ProcedureVersion.objects.drafts().filter(procedure=OuterRef("pk"))
    rows = rows.select_related("current").defer("current__content").annotate(has_draft=Exists(drafts))
    return rows.filter(has_draft=True) if only_drafts else rows
