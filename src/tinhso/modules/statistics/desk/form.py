"""Form II.06/VPCP/KSTT as a spreadsheet, with its identities checked. Source: TT 01/2020/TT-VPCP."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from tinhso.kernel.spreadsheets import XLSX, inert, lay_out, number_format, saved
from tinhso.kernel.units.queries import tree
from tinhso.kernel.units.rules import within_sentence
from tinhso.modules.statistics import rules
from tinhso.modules.statistics.desk.pages import asked
from tinhso.modules.statistics.queries import figures, shown
from tinhso.modules.statistics.queries.wanted import Counted, Wanted, counted
from tinhso.modules.statistics.rules import Line

TITLE = "TÌNH HÌNH, KẾT QUẢ GIẢI QUYẾT THỦ TỤC HÀNH CHÍNH"
GROUPS = (("Số hồ sơ tiếp nhận", 3, 6), ("Số hồ sơ đã giải quyết", 7, 10), ("Số hồ sơ đang giải quyết", 11, 13))
TODAYS_MAP = "Đơn vị hiện nay: số của đơn vị đã sáp nhập, giải thể được cộng vào đơn vị kế thừa"
HEADS = (
    "Tổng số", "Trong kỳ: trực tuyến", "Trong kỳ: trực tiếp, dịch vụ bưu chính", "Từ kỳ trước",
    "Tổng số", "Trước hạn", "Đúng hạn", "Quá hạn", "Tổng số", "Trong hạn", "Quá hạn",
)  # fmt: skip
WAYS = {"linh-vuc": ("field", "Lĩnh vực, công việc giải quyết theo cấp"), "don-vi": ("unit", "Đơn vị")}
Lines = list[tuple[str, Line]]


@never_cache
@login_required
@require_GET
def form(request: HttpRequest) -> HttpResponse:
    """The form of a period and place by field or by unit (``theo``)."""
    wanted, _scope = asked(request, timezone.localdate())
    by, head = WAYS.get(request.GET.get("theo", ""), WAYS["linh-vuc"])
    if wanted.unit_id is not None and by == "unit":
        by, head = WAYS["linh-vuc"]
    known = counted()
    whole = replace(wanted, field="", procedure="")
    rows = figures.split(whole, by, known.last) if known.last else []
    nodes = tree().nodes
    lines = [(nodes[int(row.key)].name if by == "unit" else row.key, row.line) for row in rows]
    headers = {"Content-Disposition": f'attachment; filename="II06-{wanted.period.code}.xlsx"'}
    return HttpResponse(workbook(whole, known, head, lines), content_type=XLSX, headers=headers)


def workbook(wanted: Wanted, known: Counted, head: str, lines: Lines) -> bytes:
    """Two sheets: the form, and which identity holds in which line."""
    from openpyxl import Workbook

    book = Workbook()
    sheet: Any = book.active
    sheet.title = "II.06"
    _head(sheet, wanted, known, head)
    total = sum((line for _name, line in lines), Line())
    for place, (name, line) in enumerate(lines, 1):
        _row(sheet, place, name, line.statutory(), _remark(line))
    if total.adjusted:
        words = "Điều chỉnh: chuyển cơ quan, ghi nhận sau khi chốt kỳ trước"
        _row(sheet, "", words, (total.adjusted, 0, 0, total.adjusted, *[0] * 7), "")
    _row(sheet, "", "Tổng cộng", _with_adjusted(total), "", bold=True)
    checks = book.create_sheet("Kiểm tra")
    _checks(checks, [*lines, ("Tổng cộng", total)])
    before = figures.line_of(replace(wanted, period=wanted.period.before), known)
    told = "Khớp" if total.carried == before.open else f"Lệch {total.carried - before.open:+d}"
    checks.append([f"Cột (6) kỳ này = cột (11) {within_sentence(wanted.period.before.name)}", "", told])
    _readable(sheet, checks)
    return saved(book)


def _readable(sheet: Any, checks: Any) -> None:
    """The lines above the form go across it, as on paper; both sheets are fit for printing."""
    from openpyxl.styles import Alignment

    first = next(row for row in range(1, sheet.max_row) if sheet.cell(row, 1).value == "STT")
    lay_out(sheet, heads=(first, first + 2), widths=[6, 40, *[10] * 11, 14])
    for row in range(1, first):
        sheet.merge_cells(start_row=row, end_row=row, start_column=1, end_column=14)
        sheet.cell(row, 1).alignment = Alignment(horizontal="center" if row in (2, 3) else "left")
    lay_out(checks, heads=(1, 1), widths=[46, 14, 70])


def _with_adjusted(total: Line) -> tuple[int, ...]:
    """The total with its adjustment, which stands in columns 3 and 6: so every identity holds in it."""
    cells = list(total.statutory())
    cells[0] += total.adjusted
    cells[3] += total.adjusted
    return tuple(cells)


def _remark(line: Line) -> str:
    return f"Điều chỉnh {line.adjusted:+d}" if line.adjusted else ""


def _head(sheet: Any, wanted: Wanted, known: Counted, head: str) -> None:
    from openpyxl.styles import Font

    is_closed = known.is_closed(wanted.period)
    told = "đã chốt" if is_closed else "chưa chốt, số liệu tạm tính"
    at = f", lúc {timezone.localtime(known.at):%H:%M %d/%m/%Y}" if known.at else ""
    for words in (
        "Biểu số II.06/VPCP/KSTT (Thông tư 01/2020/TT-VPCP)",
        TITLE,
        f"{wanted.period.name} – {shown.title_of(wanted) or within_sentence('Toàn tỉnh')} ({told}{at})",
        "Đơn vị tính: số hồ sơ thủ tục hành chính",
        *([TODAYS_MAP] if wanted.by_today else []),
    ):
        sheet.append([words])
    sheet["A2"].font = Font(bold=True, size=13)
    first, second = sheet.max_row + 1, sheet.max_row + 2
    for column, words in ((1, "STT"), (2, head), (14, "Ghi chú")):
        sheet.cell(first, column, words)
        sheet.merge_cells(start_row=first, end_row=second, start_column=column, end_column=column)
    for words, start, end in GROUPS:
        sheet.cell(first, start, words)
        sheet.merge_cells(start_row=first, end_row=first, start_column=start, end_column=end)
    for column, words in enumerate(HEADS, 3):
        sheet.cell(second, column, words)
    numbers = ["(1)", "(2)", "(3)=(4)+(5)+(6)", "(4)", "(5)", "(6)", "(7)=(8)+(9)+(10)", "(8)", "(9)", "(10)",
               "(11)=(12)+(13)", "(12)", "(13)", ""]  # fmt: skip
    sheet.append(numbers)
    sheet.freeze_panes = f"C{second + 2}"


def _row(sheet: Any, place: Any, name: str, cells: Sequence[int | None], remark: str, *, bold: bool = False) -> None:
    from openpyxl.styles import Font

    sheet.append([place, inert(name), *cells, remark])
    row = sheet[sheet.max_row]
    for cell in row[2:13]:
        cell.number_format = number_format()
    if bold:
        for cell in row:
            cell.font = Font(bold=True)


def _checks(sheet: Any, lines: Lines) -> None:
    """Each line with the identities it breaks; what was adjusted counts as received."""
    sheet.append(["Dòng", "Điều chỉnh", "Kết quả kiểm tra 3 = 4 + 5 + 6; 7 = 8 + 9 + 10; 11 = 12 + 13; 3 = 7 + 11"])
    for name, line in lines:
        broken = rules.problems(line.statutory(), line.adjusted)
        sheet.append([inert(name), line.adjusted, "; ".join(broken) if broken else "Khớp"])


__all__ = ["form", "workbook"]
