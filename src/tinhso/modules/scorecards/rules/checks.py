"""What is wrong with an edition before it is published, each in a sentence that says where and what to do."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any

from tinhso.kernel import formulas
from tinhso.kernel.errors import Refusal
from tinhso.modules.scorecards.rules.editions import Composition, Criterion, Edition, Kind, edition_from
from tinhso.modules.scorecards.rules.numbers import LARGEST, shown
from tinhso.modules.scorecards.rules.scoring import order_of

MOST_CRITERIA = 1000
_INPUTS = {
    Kind.RATIO: (2,), Kind.THRESHOLD: (2,), Kind.SURVEY: (2,), Kind.STEPS: (1, 2), Kind.YES_NO: (1,),
    Kind.OPTIONS: (1,), Kind.LINEAR: (1, 2), Kind.INVERSE: (1, 2), Kind.INDICATOR: (1, 2), Kind.JUDGED: (1,),
}  # fmt: skip


def check(content: Mapping[str, Any]) -> Edition:
    """The edition, or Refusal ``scorecards.edition`` with the first three problems."""
    edition = edition_from(content)
    found = list(problems(edition))
    if found:
        more = f" (và {len(found) - 3} lỗi khác)" if len(found) > 3 else ""
        raise Refusal("scorecards.edition", " ".join(found[:3]) + more)
    return edition


def problems(edition: Edition) -> Iterator[str]:
    """All that must be mended; empty: the edition can be published."""
    if not edition.criteria:
        yield "Bộ tiêu chí chưa có tiêu chí nào. Thêm ít nhất một tiêu chí."
        return
    if len(edition.criteria) > MOST_CRITERIA:
        yield f"Có {len(edition.criteria)} tiêu chí, nhiều nhất là {MOST_CRITERIA}."
    if not 0 <= edition.decimals <= 4:
        yield "Số chữ số thập phân của điểm phải từ 0 đến 4."
        return
    yield from _codes(edition)
    yield from _sums(edition)
    yield from _pillars(edition)
    for one in edition.criteria:
        yield from _criterion(edition, one)
    yield from _circles(edition)
    yield from _grades(edition)


def _codes(edition: Edition) -> Iterator[str]:
    counted = Counter([one.code for one in edition.criteria])
    yield from (f"Mã tiêu chí {code} dùng {n} lần. Mỗi tiêu chí một mã." for code, n in counted.items() if n > 1)
    parts = Counter([*(one.code for one in edition.indices), *(one.code for one in edition.pillars)])
    yield from (f"Mã nhóm {code} dùng {n} lần. Mỗi nhóm một mã." for code, n in parts.items() if n > 1)
    variables = Counter(one.variable for one in edition.criteria if counted[one.code] == 1)
    yield from (f"Hai mã tiêu chí chỉ khác nhau ở dấu ({name})." for name, n in variables.items() if n > 1)
    known = {one.code for one in edition.indices} | {one.code for one in edition.pillars}
    yield from (f"Quy tắc khi bằng điểm nhắc đến {code} không có." for code in edition.ties_by if code not in known)


def _sums(edition: Edition) -> Iterator[str]:
    for index in edition.indices:
        made = sum((one.points for one in index.criteria), Decimal(0))
        if made != index.points:
            yield (
                f"{index.code}: các tiêu chí cộng lại {shown(made)} điểm, nhưng chỉ số ghi {shown(index.points)}."
                " Sửa một trong hai."
            )
    made = sum((one.points for one in edition.indices), Decimal(0))
    if made != edition.points:
        yield f"Các chỉ số cộng lại {shown(made)} điểm, nhưng cả bộ ghi {shown(edition.points)}. Sửa một trong hai."


def _pillars(edition: Edition) -> Iterator[str]:
    by_code = {one.code: one for one in edition.indices}
    used: Counter[str] = Counter()
    for pillar in edition.pillars:
        unknown = [code for code in pillar.indices if code not in by_code]
        if unknown:
            yield f"Trụ cột {pillar.code} nhắc đến chỉ số không có: {', '.join(unknown)}."
            continue
        used.update(pillar.indices)
        made = sum((by_code[code].points for code in pillar.indices), Decimal(0))
        if made != pillar.points or not made:
            yield f"Trụ cột {pillar.code}: các chỉ số cộng lại {shown(made)} điểm, trụ cột ghi {shown(pillar.points)}."
    if edition.composition is not Composition.SUM and not edition.pillars:
        yield "Cách tính tổng cần các trụ cột nhưng chưa có trụ cột nào."
    if edition.composition is not Composition.SHARED:
        yield from (f"Chỉ số {code} nằm trong {n} trụ cột." for code, n in used.items() if n > 1)
    if edition.composition is Composition.PILLARS:
        total = sum((one.weight for one in edition.pillars), Fraction(0))
        if total != 1:
            yield f"Trọng số các trụ cột cộng lại {float(total):g}, phải bằng 1."
    if edition.pillars:
        yield from (f"Chỉ số {code} không thuộc trụ cột nào." for code in by_code if not used[code])


def _criterion(edition: Edition, one: Criterion) -> Iterator[str]:
    where, rule = f"Tiêu chí {one.code}", one.rule
    if not 0 <= one.points < LARGEST:
        yield f"{where}: điểm tối đa phải từ 0 và không quá lớn."
    if one.points != round(one.points, edition.decimals):
        yield f"{where}: điểm tối đa có quá {edition.decimals} chữ số thập phân."
    codes = [wanted.code for wanted in one.inputs]
    if len(set(codes)) != len(codes) or not all(code.isidentifier() for code in codes):
        yield f"{where}: mã số liệu phải là tên viết liền, không trùng nhau."
    wanted = _INPUTS.get(rule.kind)
    if wanted and len(one.inputs) not in wanted:
        yield f"{where}: cách chấm này cần {' hoặc '.join(map(str, wanted))} số liệu, đang có {len(one.inputs)}."
        return
    if not one.inputs:
        yield f"{where}: chưa có số liệu nào để chấm."
    if len(one.inputs) == 2 and wanted and one.inputs[1].may_be_negative:
        yield f"{where}: mẫu số không được âm."
    yield from (f"{where}: {said}" for said in _rule(edition, one))


def _rule(edition: Edition, one: Criterion) -> Iterator[str]:
    rule = one.rule
    if rule.kind in (Kind.THRESHOLD, Kind.SURVEY, Kind.RATIO) and rule.target <= 0:
        yield "ngưỡng phải lớn hơn 0."
    if rule.kind is Kind.STEPS:
        bounds = [step.bound for step in rule.steps]
        if not bounds or len(set(bounds)) != len(bounds):
            yield "phải có các bậc, mỗi mức một bậc."
        yield from _shares([step.share for step in rule.steps])
    if rule.kind is Kind.OPTIONS:
        if len(rule.choices) < 2:
            yield "phải có ít nhất hai mức để chọn."
        yield from _shares([share for _, share in rule.choices])
    if rule.kind is Kind.PARTS and sum((wanted.share for wanted in one.inputs), Fraction(0)) != 1:
        yield "các phần cộng lại phải đúng bằng cả điểm (1)."
    if rule.kind in (Kind.LINEAR, Kind.INVERSE, Kind.INDICATOR):
        if rule.nothing_at == rule.full_at:
            yield "mức không điểm và mức đủ điểm phải khác nhau."
        if rule.kind is Kind.INVERSE and rule.nothing_at < rule.full_at:
            yield "càng thấp càng tốt thì mức không điểm phải cao hơn mức đủ điểm."
    if rule.kind is Kind.INDICATOR and not one.is_computed:
        yield "chỉ tiêu hệ thống phải ghi nguồn số liệu."
    if rule.kind is Kind.EXPRESSION:
        yield from _formula(edition, one)


def _shares(shares: list[Fraction]) -> Iterator[str]:
    if any(not 0 <= share <= 1 for share in shares):
        yield "phần điểm của mỗi mức phải từ 0 đến 1."


def _formula(edition: Edition, one: Criterion) -> Iterator[str]:
    known = {wanted.code for wanted in one.inputs} | {other.variable for other in edition.criteria}
    try:
        names = formulas.names_in(one.rule.formula)
    except formulas.FormulaError as wrong:
        yield f"{wrong}."
        return
    if names - known:
        yield f"công thức dùng số liệu không có: {', '.join(sorted(names - known))}."
    unused = {wanted.code for wanted in one.inputs} - names
    if unused:
        yield f"công thức không dùng đến: {', '.join(sorted(unused))}."


def _circles(edition: Edition) -> Iterator[str]:
    try:
        order_of(edition)
    except formulas.FormulaError:
        return  # said above
    except ValueError as circle:
        yield f"Công thức đi vòng tròn: {circle}. Bỏ một chỗ nhắc."


def _grades(edition: Edition) -> Iterator[str]:
    bounds = [one.least for one in edition.grades]
    if bounds and (len(set(bounds)) != len(bounds) or bounds[-1] != 0 or bounds[0] > edition.most):
        yield f"Các mức xếp loại phải khác nhau, thấp nhất từ 0 và cao nhất không quá {shown(edition.most)}."
