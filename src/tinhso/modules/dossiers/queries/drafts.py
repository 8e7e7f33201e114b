"""Drafts as pages show them: parts with their state, papers with their files, everything once more."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.urls import reverse
from django.utils import timezone

from tinhso.kernel.language import readers_language
from tinhso.kernel.manifest import KeptPaper
from tinhso.kernel.people.rules import Actor
from tinhso.kernel.units.rules import Level
from tinhso.modules.dossiers.models import Draft, Part
from tinhso.modules.dossiers.queries import answers as meanings
from tinhso.modules.dossiers.queries import catalogue
from tinhso.modules.dossiers.queries import kept as kept_papers
from tinhso.modules.dossiers.queries.printing import answer_words
from tinhso.modules.procedures import door as procedures


def sections_of(draft: Draft, answers: Mapping[str, Any] | None = None) -> list[tuple[Any, tuple[Any, ...]]]:
    """The parts of the form with the questions that are asked, given the answers so far."""
    sheet = procedures.sheet(draft.version_id)
    form = procedures.form_for(sheet, draft.branch)
    return list(procedures.visible_sections(form, draft.answers if answers is None else answers))


def deciding(section: Any) -> frozenset[str]:
    """Questions of the section on whose answer other questions of it depend."""
    return frozenset(name for one in section.fields if one.when for name in _named(one.when))


def _named(condition: Any) -> set[str]:
    """The fields that a condition looks at, however deeply it is nested."""
    if isinstance(condition, Mapping):
        own = {str(condition["field"])} if "field" in condition else set()
        return own.union(*(_named(part) for part in condition.values()))
    if isinstance(condition, list | tuple):
        return set().union(*(_named(part) for part in condition))
    return set()


def prefilled(draft: Draft, by: Actor) -> dict[str, Any]:
    return meanings.prefill(procedures.sheet(draft.version_id), draft.branch, by)


def page_before(draft: Draft, code: str) -> str:
    """Where the back arrow leads: the part before, or the list of parts."""
    codes = [section.code for section, _fields in sections_of(draft)]
    position = codes.index(code) if code in codes else 0
    if position == 0:
        return reverse("dossiers:draft", args=[draft.token])
    return reverse("dossiers:draft_section", args=[draft.token, codes[position - 1]])


def errors_of(draft: Draft) -> dict[str, str]:
    form = procedures.form_for(procedures.sheet(draft.version_id), draft.branch)
    return procedures.check_answers(form, draft.answers)[1]


def hub_of(draft: Draft) -> dict[str, Any]:
    """The task list: a part is done when nothing in it is wrong or missing."""
    errors = errors_of(draft)
    items = []
    for section, fields in sections_of(draft):
        wrong = [one for one in fields if one.code in errors]
        begun = any(draft.answers.get(one.code) not in (None, "", []) for one in fields)
        items.append(
            {
                "title": section.title,
                "url": reverse("dossiers:draft_section", args=[draft.token, section.code]),
                "done": not wrong,
                "words": f"Còn {len(wrong)} câu" if begun and wrong else "Chưa điền",
                "kind": "warn" if begun and wrong else "",
            }
        )
    missing = lacking(draft)
    items.append(
        {
            "title": "Giấy tờ kèm theo",
            "url": reverse("dossiers:draft_papers", args=[draft.token]),
            "done": not missing,
            "words": f"Còn {len(missing)} giấy tờ",
        }
    )
    done = sum(1 for item in items if item["done"])
    return {"draft": draft, "items": items, "done": done, "total": len(items), "is_ready": done == len(items)}


def lacking(draft: Draft, present: set[str] | None = None) -> list[Any]:
    """Required papers without a file."""
    sheet = procedures.sheet(draft.version_id)
    there = set(draft.parts.values_list("code", flat=True)) if present is None else present
    return [
        one for one in procedures.components_for(sheet, draft.branch) if must_hand_in(one) and one.code not in there
    ]


def must_hand_in(component: Any) -> bool:
    """Whether a file is asked for: papers only shown, replaced by data or needed in some cases only are not."""
    return (
        component.required and component.kind == "submit" and not component.replace_by_data and not component.when
        and not is_the_form(component)
    )  # fmt: skip


def is_the_form(component: Any) -> bool:
    """Whether the guided form itself stands in for the paper: the application is what has just been filled in."""
    return component.name.lower().startswith(("đơn đề nghị", "tờ khai", "đơn ", "giấy đề nghị", "phiếu yêu cầu"))


def file_of(part: Part, draft: Draft) -> dict[str, Any]:
    """A file as the list of files shows it."""
    return {
        "id": part.pk,
        "name": part.attachment.name if part.attachment else part.name,
        "size": part.attachment.blob.size if part.attachment else 0,
        "url": reverse("dossiers:draft_part", args=[draft.token, part.pk]),
        "remove": reverse("dossiers:draft_remove", args=[draft.token, part.pk]),
        "is_kept": part.source == Part.Source.VAULT,
        "kept_as": part.kept_as,
        "signature": part.signature,
    }


def _not_yet_used(kept: list[KeptPaper], files: list[Any]) -> list[KeptPaper]:
    used = {str(file["kept_as"]) for file in files if file["kept_as"]}
    return [one for one in kept if one.key.rpartition("/")[2] not in used]


def papers_of(draft: Draft, by: Actor | None = None) -> dict[str, Any]:
    """Each paper of the procedure with what is there; those that the form or a database replaces say so.

    For who fills it in (``by``) also the fitting papers that they have already."""
    sheet = procedures.sheet(draft.version_id)
    parts: dict[str, list[Any]] = {}
    for part in draft.parts.select_related("attachment__blob"):
        parts.setdefault(part.code, []).append(file_of(part, draft))
    components = [one for one in procedures.components_for(sheet, draft.branch) if one.kind == "submit"]
    wanted = {one.code: one.name for one in components if not is_the_form(one)}
    kept = kept_papers.offered(wanted, person_id=by.person_id, by=by, at=timezone.now()) if by else {}
    rows = [
        {
            "component": one,
            "files": parts.get(one.code, []),
            "must": must_hand_in(one),
            "is_form": is_the_form(one),
            "url": reverse("dossiers:draft_add", args=[draft.token, one.code]),
            "kept": _not_yet_used(kept.get(one.code, []), parts.get(one.code, [])),
            "kept_url": reverse("dossiers:draft_kept", args=[draft.token, one.code]),
        }
        for one in components
    ]
    steps = len(sections_of(draft)) + 2
    return {"draft": draft, "rows": rows, "step": steps - 1, "steps": steps, "lacking": lacking(draft, set(parts))}


def check_of(draft: Draft) -> dict[str, Any]:
    """All questions and answers with their way back, all papers, the time and the fee."""
    sheet = procedures.sheet(draft.version_id)
    clean, errors = procedures.check_answers(procedures.form_for(sheet, draft.branch), draft.answers)
    parts = list(draft.parts.select_related("attachment"))
    missing = lacking(draft, {part.code for part in parts})
    commune = meanings.meant(sheet, draft.branch, draft.answers).commune_id
    total = len(sections_of(draft)) + 2
    return {
        "draft": draft,
        "groups": [_group(draft, section, fields, clean, errors) for section, fields in sections_of(draft)],
        "parts": parts,
        "lacking": missing,
        "is_ready": not errors and not missing,
        "asks_commune": Level.COMMUNE in sheet.levels and commune is None,
        "limit": procedures.limit_words_for(sheet, "online", draft.branch, readers_language()),
        "fee": procedures.fee_words_for(sheet, timezone.localdate(), "online", draft.branch, readers_language()),
        "fee_amount": catalogue.fee_of(sheet, "online", draft.branch, timezone.localdate()),
        "step": total,
        "steps": total,
    }


def _group(
    draft: Draft, section: Any, fields: Any, clean: Mapping[str, Any], errors: Mapping[str, str]
) -> dict[str, Any]:
    url = reverse("dossiers:draft_section", args=[draft.token, section.code]) + "?tu=kiem-tra"
    rows = []
    for one in fields:
        value = draft.answers.get(one.code)
        if value in (None, "", []) and one.code not in errors:
            continue
        words = answer_words(one, clean.get(one.code, value)) if value not in (None, "", []) else ""
        rows.append({"title": one.label, "value": words, "url": f"{url}#{one.code}", "error": errors.get(one.code, "")})
    return {"title": section.title, "rows": rows}


def differences(draft: Draft, typed: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    """Fields that were typed here and saved elsewhere: label, what is kept, what was typed."""
    labels = {one.code: one for _section, fields in sections_of(draft) for one in fields}
    kept = Draft.objects.values_list("answers", flat=True).get(pk=draft.pk)
    return [
        (labels[code].label, answer_words(labels[code], kept.get(code, "")), answer_words(labels[code], value))
        for code, value in typed.items()
        if code in labels and kept.get(code, "") not in ("", None, value)
    ]
