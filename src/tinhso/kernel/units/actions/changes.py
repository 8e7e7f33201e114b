"""Single changes of the tree: a unit added, renamed, ended, succeeded by another."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from django.db import transaction

from tinhso.kernel.errors import NotAllowed, NotFound, Refusal
from tinhso.kernel.units import queries
from tinhso.kernel.units.models import Succession, TreeVersion, Unit
from tinhso.kernel.units.rules import Permission

if TYPE_CHECKING:
    from tinhso.kernel.people.rules import Actor


def tree_changed() -> None:
    """Every process reads the tree anew: this one at once and again after the commit, the others within seconds."""
    TreeVersion.grow()
    queries.forget()
    transaction.on_commit(queries.forget)


def ask_right(by: Actor, unit_id: int | None = None) -> None:
    if not by.may(Permission.MANAGE, unit_id):
        raise NotAllowed


def _locked(unit_id: int) -> Unit:
    unit = Unit.objects.select_for_update().filter(pk=unit_id).first()
    if unit is None:
        raise NotFound("units.not_found", "Không tìm thấy đơn vị này. Chọn lại trong cây đơn vị.")
    return unit


def _named(name: str) -> str:
    tidy = " ".join(name.split())
    if not tidy:
        raise Refusal("units.no_name", "Nhập tên đơn vị, ví dụ “Phòng Quản lý xây dựng”.", field="name")
    return tidy


@transaction.atomic
def add(
    *, code: str, name: str, kind: str, level: str, parent: Unit | None, begins_on: date, by: Actor, **more: Any
) -> Unit:
    """Add a unit under a living parent.

    Raises Refusal ``units.code_taken``, ``units.national_id_taken``, ``units.no_name`` or ``units.parent_not_living``.
    ``more`` takes the other columns of Unit: ``short_name``, ``national_id``, ``admin_code``, ``address`` …
    """
    ask_right(by, parent.pk if parent else None)
    name = _named(name)
    if Unit.objects.filter(code=code).exists():
        raise Refusal("units.code_taken", f"Mã “{code}” đã có đơn vị khác dùng. Chọn mã khác.", field="code")
    national_id = more.get("national_id") or ""
    if national_id and Unit.objects.filter(national_id=national_id, ends_on__isnull=True).exists():
        message = f"Mã định danh “{national_id}” đang thuộc đơn vị khác. Kiểm tra lại quyết định ban hành mã."
        raise Refusal("units.national_id_taken", message, field="national_id")
    if parent is not None and not (
        parent.begins_on <= begins_on and (parent.ends_on is None or begins_on <= parent.ends_on)
    ):
        message = f"{parent.name} không hoạt động vào ngày {begins_on:%d/%m/%Y}. Chọn đơn vị cấp trên khác."
        raise Refusal("units.parent_not_living", message, field="parent")
    short_name = more.pop("short_name", "") or name[:80]
    unit = Unit.objects.create(
        code=code, name=name, short_name=short_name, kind=kind, level=level, parent=parent, begins_on=begins_on, **more
    )
    tree_changed()
    return unit


@transaction.atomic
def rename(*, unit_id: int, name: str, by: Actor, short_name: str = "") -> Unit:
    """Give a unit another name; it stays the same unit with its history."""
    ask_right(by, unit_id)
    unit = _locked(unit_id)
    unit.name = _named(name)
    unit.short_name = short_name.strip() or unit.name[:80]
    unit.save(update_fields=["name", "short_name"])
    tree_changed()
    return unit


@transaction.atomic
def end(*, unit_id: int, ends_on: date, by: Actor) -> Unit:
    """End a unit; it still exists on that day. Refused while living units stand below it after that day."""
    ask_right(by, unit_id)
    unit = _locked(unit_id)
    if unit.ends_on is not None:
        raise Refusal("units.already_ended", f"{unit.name} đã ngừng hoạt động từ {unit.ends_on:%d/%m/%Y}.")
    if ends_on < unit.begins_on:
        message = f"Ngày kết thúc phải từ ngày thành lập {unit.begins_on:%d/%m/%Y} trở đi."
        raise Refusal("units.ends_before_it_begins", message, field="ends_on")
    if unit.children.filter(ends_on__isnull=True).exists() or unit.children.filter(ends_on__gt=ends_on).exists():
        message = f"{unit.name} còn đơn vị trực thuộc đang hoạt động. Kết thúc hoặc chuyển các đơn vị đó trước."
        raise Refusal("units.has_living_parts", message)
    unit.ends_on = ends_on
    unit.save(update_fields=["ends_on"])
    tree_changed()
    return unit


@transaction.atomic
def succeed(
    *,
    predecessor_id: int,
    successor_id: int,
    happened_on: date,
    by: Actor,
    is_main: bool = True,
    legal_source: str = "",
) -> Succession:
    """Say that one unit took over from another on a day; saying it twice changes nothing.

    Raises Refusal ``units.succeeds_itself``, ``units.successor_not_living`` or ``units.second_main_successor``.
    """
    ask_right(by, predecessor_id)
    if predecessor_id == successor_id:
        raise Refusal("units.succeeds_itself", "Một đơn vị không thể kế thừa chính mình. Chọn đơn vị khác.")
    predecessor, successor = _locked(predecessor_id), _locked(successor_id)
    known = Succession.objects.filter(predecessor=predecessor, successor=successor).first()
    if known is not None:
        return known
    if (successor.ends_on is not None and successor.ends_on < happened_on) or happened_on < successor.begins_on:
        message = f"{successor.name} không hoạt động vào ngày {happened_on:%d/%m/%Y}. Chọn đơn vị đang hoạt động."
        raise Refusal("units.successor_not_living", message, field="successor")
    if is_main and predecessor.successions.filter(is_main=True).exists():
        message = f"{predecessor.name} đã có đơn vị kế thừa chính. Bỏ chọn “kế thừa chính” để ghi thêm."
        raise Refusal("units.second_main_successor", message, field="is_main")
    made = Succession.objects.create(
        predecessor=predecessor,
        successor=successor,
        happened_on=happened_on,
        is_main=is_main,
        legal_source=legal_source,
    )
    tree_changed()
    return made
