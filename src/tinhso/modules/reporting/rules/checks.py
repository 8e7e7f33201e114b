"""What is wrong with a template before it is published, in sentences."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from tinhso.kernel import formulas
from tinhso.kernel.errors import Refusal
from tinhso.kernel.formulas import FormulaError
from tinhso.modules.reporting.rules.computing import Circle, meant, order_of, places_of
from tinhso.modules.reporting.rules.sheets import CODE, MOST_CHECKS, MOST_COLUMNS, MOST_ROWS, Kind, Template, Total

SHOWN = 12


def check(template: Template) -> Template:
    """The template when it can be published. Raises Refusal ``reporting.template`` with all that is wrong."""
    wrong = list(problems(template))
    if wrong:
        more = f" … và {len(wrong) - SHOWN} lỗi khác." if len(wrong) > SHOWN else ""
        raise Refusal("reporting.template", " ".join(wrong[:SHOWN]) + more)
    return template


def problems(template: Template) -> Iterator[str]:
    """Each problem in a sentence that says where to mend it."""
    yield from _sizes(template)
    yield from _codes(template)
    yield from _specials(template)
    found = list(_formulas(template))
    yield from found
    if not found:
        yield from _circles(template)
    yield from _checks(template)


def _sizes(template: Template) -> Iterator[str]:
    if not template.columns:
        yield "Mẫu chưa có cột nào."
    if not any(not row.is_heading for row in template.rows):
        yield "Mẫu chưa có dòng số liệu nào."
    limits = ((template.columns, MOST_COLUMNS, "cột"), (template.rows, MOST_ROWS, "dòng"),
              (template.checks, MOST_CHECKS, "phép kiểm tra"))  # fmt: skip
    for many, most, what in limits:
        if len(many) > most:
            yield f"Mẫu có {len(many)} {what}, nhiều nhất {most}. Tách thành hai mẫu."
    if template.columns and template.rows and not any(cell.is_input for cell in template.cells.values()):
        yield "Mẫu không có ô nào để đơn vị điền."


def _codes(template: Template) -> Iterator[str]:
    named = [("Cột", one.code, one.name) for one in template.columns]
    named += [("Dòng", one.code, one.name) for one in template.rows]
    for what, code, name in named:
        if len(code) > 30 or not CODE.fullmatch(code) or code in formulas.FUNCTIONS:
            yield f"{what} “{name[:40]}”: mã “{code[:30]}” phải là chữ thường không dấu, số, gạch dưới."
        if not name.strip():
            yield f"{what} {code}: chưa có tên."
    codes = [code for _what, code, _name in named]
    yield from (f"Mã {code} dùng {n} lần; mỗi dòng, mỗi cột một mã." for code, n in Counter(codes).items() if n > 1)
    for column in template.columns:
        if not 0 <= column.places <= 4:
            yield f"Cột {column.code}: từ 0 đến 4 chữ số thập phân."
        if column.kind is Kind.TEXT and (column.formula or column.total is not Total.NONE):
            yield f"Cột {column.code}: cột chữ không có công thức và không tổng hợp."


def _specials(template: Template) -> Iterator[str]:
    seen = Counter((one.row, one.column) for one in template.specials)
    yield from (f"Ô {row}__{column} khai báo {n} lần." for (row, column), n in seen.items() if n > 1)
    for one in template.specials:
        row, column = template.row_of.get(one.row), template.column_of.get(one.column)
        if row is None or column is None or row.is_heading:
            yield f"Ô riêng {one.row}__{one.column}: không có dòng hoặc cột này."
        elif one.formula and one.source:
            yield f"Ô {one.row}__{one.column}: chọn công thức hoặc nguồn số liệu, không cả hai."
        elif column.kind is Kind.TEXT and (one.formula or one.source):
            yield f"Ô {one.row}__{one.column}: ô chữ không tính được."


def _formulas(template: Template) -> Iterator[str]:
    for cell in template.cells.values():
        if not cell.formula:
            continue
        try:
            for name in sorted(formulas.names_in(cell.formula)):
                meant(template, name, cell.row.code, cell.column.code)
        except FormulaError as wrong:
            yield f"Ô {cell.key}: {wrong}."


def _circles(template: Template) -> Iterator[str]:
    try:
        order_of(template)
    except Circle as circle:
        yield f"Công thức đi vòng tròn: {circle}. Bỏ một chỗ nhắc."


def _checks(template: Template) -> Iterator[str]:
    for n, one in enumerate(template.checks, 1):
        try:
            places_of(template, one)
        except FormulaError as wrong:
            yield f"Phép kiểm tra {n}: {wrong}."
        if not one.words.strip():
            yield f"Phép kiểm tra {n}: ghi bằng lời để đơn vị hiểu phải sửa gì."
