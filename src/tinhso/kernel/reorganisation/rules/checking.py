"""Whether a plan can be carried out: asked of the plan and the tree alone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from tinhso.kernel.reorganisation.rules.plans import Kind, Plan, Step
from tinhso.kernel.units.rules import CommuneKind, Level, Node, Tree
from tinhso.kernel.units.rules import Kind as UnitKind

PARTS = (UnitKind.DIVISION, UnitKind.CENTRE)
LONGEST_CODE, LONGEST_NAME = 28, 180  # their parts' codes and names are a little longer


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a plan cannot be carried out. ``code`` is stable, ``message`` a sentence for who drafts it."""

    code: str
    message: str


def problems(plan: Plan, tree: Tree) -> list[Problem]:
    """All that stands in the way, in the order of the plan; none: it can be carried out on its day."""
    return [*_empty(plan), *_of_founded(plan, tree), *_of_steps(plan, tree)]


def _empty(plan: Plan) -> Iterator[Problem]:
    if not plan.steps:
        yield Problem("no_steps", "Phương án chưa có bước nào. Thêm ít nhất một bước.")


def _of_founded(plan: Plan, tree: Tree) -> Iterator[Problem]:
    new = {one.code for one in plan.founded}
    ending = set(plan.dissolved())
    counted = Counter(one.code for one in plan.founded)
    goals = {way.unit for step in plan.steps for way in step.ways}
    identifiers = {node.national_id: node for node in tree.nodes.values() if node.national_id and node.ends_on is None}
    given: set[str] = set()
    for one in plan.founded:
        known = tree.by_code.get(one.code)
        if counted[one.code] > 1 or known is not None:
            yield Problem("code_taken", f"Mã “{one.code}” đã có đơn vị khác dùng. Chọn mã khác.")
        if one.kind not in set(UnitKind) - set(PARTS) or one.level not in set(Level):
            yield Problem("unknown_kind", f"Loại hoặc cấp của “{one.name}” không có trong danh mục.")
        if one.commune_kind and one.commune_kind not in set(CommuneKind):
            yield Problem("unknown_kind", f"Loại xã của “{one.name}” không có trong danh mục.")
        if len(one.code) > LONGEST_CODE or len(one.name) > LONGEST_NAME or len(one.national_id) > LONGEST_CODE:
            yield Problem("too_long", f"Mã hoặc tên của “{one.name[:60]}” quá dài. Rút ngắn lại.")
        parent = tree.by_code.get(one.parent)
        if one.parent not in new and (parent is None or not parent.lives_on(plan.effective_on)):
            yield Problem("parent_not_living", f"Đơn vị cấp trên “{one.parent}” của {one.name} không hoạt động.")
        if one.parent in ending:
            yield Problem("parent_not_living", f"Đơn vị cấp trên của {one.name} cũng bị giải thể trong phương án này.")
        holder = identifiers.get(one.national_id)
        if one.national_id in given or (holder is not None and holder.code not in ending):
            yield Problem("national_id_taken", f"Mã định danh “{one.national_id}” đang thuộc đơn vị khác.")
        given |= {one.national_id} - {""}
        if one.code not in goals:
            yield Problem("founded_unused", f"Không bước nào chuyển việc đến {one.name}. Thêm bước hoặc bỏ đơn vị này.")


def _of_steps(plan: Plan, tree: Tree) -> Iterator[Problem]:
    ending = Counter(code for step in plan.steps if step.dissolves for code in step.units)
    gone = set(plan.dissolved())
    new = {one.code for one in plan.founded}
    moved: Counter[tuple[str, str]] = Counter()
    for step in plan.steps:
        yield from _of_units(step, plan, tree, ending)
        yield from _of_ways(step, plan.effective_on, tree, gone, new)
        if step.kind is Kind.COMPETENCE:
            way = step.ways[0]
            moved.update((step.units[0], said) for said in (*way.procedures, *way.fields))
            if step.units[0] in gone:
                yield Problem(
                    "unit_twice", f"{_name(step.units[0], tree)} bị giải thể nên không cần bước chuyển thẩm quyền."
                )
    for (_unit, said), times in moved.items():
        if times > 1:
            yield Problem("competence_twice", f"“{said}” được chuyển thẩm quyền hai lần. Giữ lại một bước.")


def _of_units(step: Step, plan: Plan, tree: Tree, ending: Counter[str]) -> Iterator[Problem]:
    day = plan.effective_on
    for code in step.units:
        node = tree.by_code.get(code)
        if node is None:
            yield Problem("unknown_unit", f"Không có đơn vị mang mã “{code}”. Kiểm tra lại trong cây đơn vị.")
            continue
        if not _lives_until(node, day):
            yield Problem("unit_not_living", f"{node.name} không hoạt động đến trước ngày {day:%d/%m/%Y}.")
        if step.dissolves and (node.kind in PARTS or node.parent_id is None):
            yield Problem(
                "not_a_body", f"{node.name} không tự sáp nhập, chia tách được. Chọn đơn vị có tư cách pháp nhân."
            )
        if step.dissolves and ending[code] > 1:
            yield Problem("unit_twice", f"{node.name} đứng trong hai bước. Mỗi đơn vị chỉ ở một bước.")
    if step.kind in (Kind.SPLIT, Kind.COMPETENCE) and len(step.units) != 1:
        yield Problem("one_unit", "Chia tách và chuyển thẩm quyền chỉ ghi một đơn vị trong mỗi bước.")
    if step.dissolves and not step.dissolved() and step.kind is not Kind.SPLIT:
        yield Problem("nothing_ends", "Bước này không giải thể đơn vị nào. Kiểm tra lại đơn vị tiếp nhận.")


def _of_ways(step: Step, day: date, tree: Tree, gone: set[str], new: set[str]) -> Iterator[Problem]:
    for way in step.ways:
        node = tree.by_code.get(way.unit)
        if way.unit in gone:
            yield Problem(
                "goal_ends", f"{_name(way.unit, tree)} bị giải thể trong phương án này nên không tiếp nhận được."
            )
        elif way.unit not in new and (node is None or not node.lives_on(day)):
            yield Problem(
                "goal_not_living",
                f"Đơn vị tiếp nhận “{_name(way.unit, tree)}” không hoạt động vào ngày {day:%d/%m/%Y}.",
            )
    rests = [way for way in step.ways if way.is_rest]
    if step.kind is Kind.COMPETENCE:
        way = step.ways[0]
        if not (way.procedures or way.fields):
            yield Problem("no_procedure", "Bước chuyển thẩm quyền phải ghi thủ tục hoặc lĩnh vực.")
        if way.unit in step.units:
            yield Problem("to_itself", "Thẩm quyền không chuyển về chính đơn vị đang có. Chọn đơn vị khác.")
    elif len(rests) != 1:
        yield Problem("one_rest", "Mỗi bước phải có đúng một đơn vị nhận phần còn lại (không ghi điều kiện).")
    if step.kind is Kind.SPLIT and len({way.unit for way in step.ways}) < 2:
        yield Problem("one_goal", "Chia tách phải có ít nhất hai đơn vị tiếp nhận.")
    if len({way.unit for way in step.ways}) != len(step.ways):
        yield Problem("goal_twice", "Một đơn vị tiếp nhận được ghi hai lần trong cùng một bước. Gộp các điều kiện lại.")


def _lives_until(node: Node, day: date) -> bool:
    """Whether it lives on the last day of the old order and has no end of its own."""
    return node.begins_on < day and node.ends_on is None


def _name(code: str, tree: Tree) -> str:
    node = tree.by_code.get(code)
    return node.name if node else code
