"""Tables out as CSV and XLSX, and figures in from a file: looked at first, written when all is right."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from tinhso.kernel.errors import NotAllowed, Refusal
from tinhso.kernel.people.access import officials_who
from tinhso.kernel.people.middleware import acting
from tinhso.kernel.spreadsheets import XLSX
from tinhso.modules.indicators import forms
from tinhso.modules.indicators.actions import figures
from tinhso.modules.indicators.desk.asking import asked
from tinhso.modules.indicators.desk.asking import indicator as about
from tinhso.modules.indicators.queries import exports
from tinhso.modules.indicators.rules.words import Permission

SHOWN_WRONG, SHOWN_GOOD = 200, 20


def _csv(name: str, rows: Iterable[Sequence[Any]]) -> HttpResponse:
    text = io.StringIO()
    csv.writer(text).writerows([exports.written(cell) for cell in row] for row in rows)
    answer = HttpResponse("\ufeff" + text.getvalue(), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return answer


def _xlsx(name: str, rows: Iterable[Sequence[Any]]) -> HttpResponse:
    answer = HttpResponse(exports.workbook(rows), content_type=XLSX)
    answer["Content-Disposition"] = f'attachment; filename="{name}.xlsx"'
    return answer


@officials_who(Permission.SEE)
@require_GET
def board_csv(request: HttpRequest) -> HttpResponse:
    said = asked(request)
    return _csv(f"chi-tieu-{said.node.code}-{said.year}", exports.board(said.node, said.year, said.today))


@officials_who(Permission.SEE)
@require_GET
def board_xlsx(request: HttpRequest) -> HttpResponse:
    said = asked(request)
    return _xlsx(f"chi-tieu-{said.node.code}-{said.year}", exports.board(said.node, said.year, said.today))


@officials_who(Permission.SEE)
@require_GET
def page_csv(request: HttpRequest, indicator: str) -> HttpResponse:
    said = asked(request)
    rows = exports.page(*about(indicator, said), said.node, said.year, said.today)
    return _csv(f"{indicator}-{said.node.code}", rows)


@officials_who(Permission.SEE)
@require_GET
def page_xlsx(request: HttpRequest, indicator: str) -> HttpResponse:
    said = asked(request)
    rows = exports.page(*about(indicator, said), said.node, said.year, said.today)
    return _xlsx(f"{indicator}-{said.node.code}", rows)


@officials_who(Permission.REPORT)
@require_GET
def template(request: HttpRequest) -> HttpResponse:
    """The empty table for a file, with one line as an example."""
    return _xlsx("so-lieu-chi-tieu", exports.template(timezone.localdate()))


@officials_who(Permission.REPORT)
@require_http_methods(["GET", "POST"])
def take_in(request: HttpRequest) -> HttpResponse:
    """Look at a file: what it would write and what is wrong by line; then write it, all or nothing."""
    context: dict[str, Any] = {"columns": exports.IMPORT_TITLES}
    if request.method == "POST":
        try:
            context |= _written(request) if "rows" in request.POST else _looked_at(request)
        except NotAllowed:
            raise
        except Refusal as refusal:
            context["errors"] = [(refusal.field or "file", refusal.message)]
    status = 422 if context.get("errors") or context.get("wrong") else 200
    return render(request, "indicators/desk/import.html", context, status=status)


def _looked_at(request: HttpRequest) -> dict[str, Any]:
    file = request.FILES.get("file")
    if file is None or file.size is None:
        raise Refusal("indicators.file", "Chọn tệp .csv hoặc .xlsx.", field="file")
    if file.size > forms.LARGEST_FILE:
        raise Refusal("indicators.file", "Tệp lớn quá 10 MB. Chia thành nhiều tệp.", field="file")
    rows = forms.rows_of(file.read(), file.name or "")
    lines = list(figures.read_rows(rows, by=acting(request), at=timezone.now()))
    wrong = [one for one in lines if one.said is None]
    good = [one for one in lines if one.said is not None]
    kept = json.dumps([{key: exports.text_of(cell) for key, cell in row.items()} for row in rows], ensure_ascii=False)
    return {
        "name": file.name, "number": len(lines), "good": [exports.line_of(one) for one in good[:SHOWN_GOOD]],
        "good_count": len(good), "wrong": wrong[:SHOWN_WRONG], "wrong_count": len(wrong), "rows": kept,
    }  # fmt: skip


def _written(request: HttpRequest) -> dict[str, Any]:
    try:
        rows = json.loads(request.POST["rows"])
        is_table = isinstance(rows, list) and all(isinstance(row, dict) for row in rows)
    except ValueError:
        is_table = False
    if not is_table or len(rows) > forms.MOST_ROWS:
        raise Refusal("indicators.file", "Chọn lại tệp rồi kiểm tra trước khi ghi.", field="file")
    by, at = acting(request), timezone.now()
    return {"done": figures.import_lines(figures.read_rows(rows, by=by, at=at), by=by, at=at)}
