"""A unit's sheet: the grid (row by row), one row a page, the Excel form out and in, sending and deciding."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tinhso.kernel.errors import NotFound, Refusal
from tinhso.kernel.journal.models import Entry
from tinhso.kernel.journal.queries import sentence
from tinhso.kernel.numerals import is_whole
from tinhso.kernel.people.rules import Actor
from tinhso.kernel.spreadsheets import XLSX
from tinhso.modules.reporting.actions import filling, receiving
from tinhso.modules.reporting.desk.asking import reporting, who
from tinhso.modules.reporting.models import Sheet
from tinhso.modules.reporting.queries import boards, returned, templates, workbooks
from tinhso.modules.reporting.queries import sheets as reading
from tinhso.modules.reporting.queries.returned import Typed
from tinhso.modules.reporting.rules import words
from tinhso.modules.reporting.rules.sheets import Kind, Template
from tinhso.modules.reporting.rules.words import Permission, SheetState

HISTORY = 20
TROUBLES = 200


def _rights(sheet: Sheet, actor: Actor) -> dict[str, bool]:
    """What this official can do with the sheet now; the same questions that the actions ask."""
    state, period = sheet.state, sheet.period.state
    received = actor.may(Permission.RECEIVE, sheet.period.assignment.template.owner_id)
    judges = received and sheet.submitted_by_id != actor.account_id
    return {
        "may_fill": actor.may(Permission.FILL, sheet.unit_id) and words.may("fill", state, period),
        "may_submit": actor.may(Permission.SUBMIT, sheet.unit_id) and words.may("submit", state, period),
        "may_approve": judges and words.may("approve", state, period),
        "may_return": judges and words.may("give_back", state, period),
        "is_asker": received,
    }


@reporting
@require_GET
def grid(request: HttpRequest, sheet_id: int) -> HttpResponse:
    """The whole sheet: cells to type in for the unit, to read for the one who asked."""
    return _grid(request, sheet_id, {})


def _grid(request: HttpRequest, sheet_id: int, more: dict[str, Any], status: int = 200) -> HttpResponse:
    actor = who(request)
    sheet = reading.visible(sheet_id, actor)
    found = reading.filled(sheet, people=True)
    lines = reading.lines(found)
    now = timezone.now()
    context = {
        "sheet": sheet,
        "period": sheet.period,
        "asked": sheet.period.assignment.template,
        "template": found.template,
        "lines": lines,
        "counts": found.counts,
        "broken": list({one.check.words: one.check for one in found.broken}.values()),
        "next": next((line.row.code for line in lines if line.is_open), ""),
        "state": words.SHEET_NAMES[SheetState(sheet.state)],
        "kind": words.SHEET_KINDS[SheetState(sheet.state)],
        "channel": words.CHANNEL_NAMES[words.Channel(sheet.channel)],
        "lateness": boards.lateness(sheet, sheet.period, now),
        "history": _history(sheet),
        **_rights(sheet, actor),
    }
    return render(request, "reporting/desk/sheet.html", context | more, status=status)


def _history(sheet: Sheet) -> list[tuple[str, Any]]:
    rows = Entry.objects.filter(subject=filling.subject_of(sheet.pk)).order_by("-seq")
    return [(sentence(one), one.at) for one in rows[:HISTORY]]


def _typed(request: HttpRequest) -> dict[str, str]:
    """What stands in the fields of a row, by column."""
    return {key[3:]: str(value) for key, value in request.POST.items() if key.startswith("in-")}


def _revision(request: HttpRequest) -> int | None:
    said = request.POST.get("revision", "")
    return int(said) if is_whole(said) and len(said) < 10 else None


def _as_typed(template: Template, values: dict[str, str]) -> dict[str, str]:
    """Kept values as people write them in cells."""
    columns = template.column_of
    texts = {code for code in values if columns[code].kind is Kind.TEXT}
    return {code: text if code in texts else text.replace(".", ",") for code, text in values.items()}


@reporting
@require_POST
def save(request: HttpRequest, sheet_id: int) -> HttpResponse:
    """Take one row from the grid. 409 with what another saved, 422 with a sentence; else all computed numbers."""
    row = request.POST.get("criterion", "")[:30]
    try:
        done = filling.fill(
            sheet_id=sheet_id, row=row, values=_typed(request), revision=_revision(request), by=who(request),
            at=timezone.now(),
        )  # fmt: skip
    except filling.RowStale as stale:
        theirs = {code: text.replace(".", ",") for code, text in stale.values.items()}
        said = {"code": stale.code, "message": stale.message, "revision": stale.revision, "inputs": theirs}
        return JsonResponse(said, status=409)
    except Refusal as refusal:
        said = {"code": refusal.code, "message": refusal.message, "field": refusal.field or ""}
        return JsonResponse(said, status=refusal.status)
    kept = done.rows[row]
    return JsonResponse(
        {
            "revision": kept.revision,
            "filled": done.counts.filled,
            "optional": done.counts.optional_filled,
            "inputs": _as_typed(done.template, kept.values),
            "cells": done.shown_cells(),
            "warnings": list(dict.fromkeys(one.check.words for one in done.broken)),
        }
    )


@reporting
@require_http_methods(["GET", "POST"])
def row(request: HttpRequest, sheet_id: int, code: str) -> HttpResponse:
    """One row on a page of its own, for telephones and browsers without script; next and previous."""
    actor = who(request)
    more: dict[str, Any] = {}
    if request.method == "POST":
        try:
            filling.fill(
                sheet_id=sheet_id, row=code, values=_typed(request), revision=_revision(request), by=actor,
                at=timezone.now(),
            )  # fmt: skip
            return redirect(_next_address(sheet_id, code, actor, request.POST.get("go", "")))
        except filling.RowStale as stale:
            more = {"errors": [("in", stale.message)], "theirs": stale.values}
        except NotFound:
            raise
        except Refusal as refusal:
            if refusal.status == 403:
                raise
            field = f"in-{refusal.field}" if refusal.field else "in"
            more = {"errors": [(field, refusal.message)], "typed": _typed(request)}
    return _row_page(request, sheet_id, code, actor, more)


def _next_address(sheet_id: int, code: str, actor: Actor, go: str) -> str:
    codes = templates.of(reading.visible(sheet_id, actor).period.version).input_rows
    place = codes.index(code) + 1
    if go != "next":
        return reverse("reporting:row", args=[sheet_id, code])
    if place == len(codes):
        return reverse("reporting:sheet", args=[sheet_id])
    return reverse("reporting:row", args=[sheet_id, codes[place]])


def _row_page(request: HttpRequest, sheet_id: int, code: str, actor: Actor, more: dict[str, Any]) -> HttpResponse:
    sheet = reading.visible(sheet_id, actor)
    found = reading.filled(sheet, people=True)
    codes = list(found.template.input_rows)
    line = next((one for one in reading.lines(found) if one.row.code == code), None)
    if line is None or code not in codes:
        raise NotFound
    place = codes.index(code)
    typed = more.get("typed", {})
    context = {
        "sheet": sheet, "period": sheet.period, "asked": sheet.period.assignment.template, "line": line,
        "fields": [(one, typed.get(one.code, one.text)) for one in line.fields if one.state != "closed"],
        "place": place + 1, "number": len(codes), "before": codes[place - 1] if place else "",
        "after": codes[place + 1] if place + 1 < len(codes) else "",
        "theirs": {}, **_rights(sheet, actor),
    }  # fmt: skip
    return render(request, "reporting/desk/row.html", context | more, status=422 if more.get("errors") else 200)


@reporting
@require_GET
def form(request: HttpRequest, sheet_id: int) -> HttpResponse:
    """The sheet as an Excel form to fill in."""
    sheet = reading.visible(sheet_id, who(request))
    content = workbooks.form_of(sheet, reading.filled(sheet))
    name = f"{sheet.period.assignment.template.code}-{sheet.period.code}-{sheet.unit.code}.xlsx"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(content, content_type=XLSX, headers=headers)


@reporting
@require_POST
def upload(request: HttpRequest, sheet_id: int) -> HttpResponse:
    """Take a filled-in form: all of it, or nothing and what is wrong cell by cell."""
    actor = who(request)
    sheet = reading.visible(sheet_id, actor)
    overwrite = request.POST.get("overwrite") == "1"
    try:
        filling.upload(sheet_id=sheet_id, typed=_file(request, sheet), overwrite=overwrite, by=actor, at=timezone.now())
    except filling.FileTroubles as wrong:
        more = {"errors": [("file", wrong.message)], "troubles": wrong.troubles[:TROUBLES]}
        return _grid(request, sheet_id, {**more, "more_troubles": max(0, len(wrong.troubles) - TROUBLES)}, status=422)
    except Refusal as refusal:
        if refusal.status in (403, 404):
            raise
        return _grid(request, sheet_id, {"errors": [("file", refusal.message)]}, status=refusal.status)
    return redirect("reporting:sheet", sheet_id)


def _file(request: HttpRequest, sheet: Sheet) -> Typed:
    file = request.FILES.get("file")
    if file is None:
        raise Refusal("reporting.no_file", _("Chọn tệp Excel đã điền."), field="file")
    content = file.read(returned.LARGEST_FILE + 1)
    template = templates.of(sheet.period.version)
    return returned.read_form(content, file.name or "", template=template, mark=workbooks.mark_of(sheet))


@reporting
@require_POST
def step(request: HttpRequest, sheet_id: int) -> HttpResponse:
    """Send, approve, or give back; what does not work is said above the grid."""
    actor, at, said = who(request), timezone.now(), request.POST
    try:
        match said.get("do"):
            case "submit":
                filling.submit(sheet_id=sheet_id, by=actor, at=at)
            case "approve":
                receiving.approve(sheet_id=sheet_id, by=actor, at=at)
            case "give_back":
                period = receiving.give_back(
                    sheet_id=sheet_id, reason=said.get("reason", ""), by=actor, at=at
                ).period_id
                return redirect("reporting:period", period)
            case _:
                raise NotFound
    except Refusal as refusal:
        if refusal.status in (403, 404):
            raise
        more = {"errors": [(refusal.field or "buoc", refusal.message)], "typed": said}
        return _grid(request, sheet_id, more, status=refusal.status)
    return redirect("reporting:sheet", sheet_id)
