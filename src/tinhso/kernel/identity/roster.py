"""Officials from a list: ``tinhso import officials file.csv``. Each line says what it did; a wrong one stops them all.

Columns: ``username``, ``full_name``, ``email``, ``unit`` (code), ``title``, ``roles`` (codes with blanks between),
``begins_on`` and ``ends_on`` (dd/mm/yyyy or yyyy-mm-dd; both may be empty). A line for somebody known adds the post and
the roles that are missing; with ``ends_on`` it ends the post in that unit, the roles on it and, afterwards, sessions.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from tinhso.kernel.errors import Refusal
from tinhso.kernel.identity import sessions
from tinhso.kernel.journal.actions import note
from tinhso.kernel.manifest import registry
from tinhso.kernel.people import actions as people
from tinhso.kernel.people.models import Account, Grant, Position
from tinhso.kernel.people.rules import Actor
from tinhso.kernel.units.models import Unit

USUAL_TITLE = "Công chức"


class WrongRow(Refusal):
    """One line cannot be; the others are still looked at."""

    def __init__(self, words: str) -> None:
        super().__init__("people.wrong_row", words)


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the list, read."""

    username: str
    full_name: str
    email: str
    unit: Unit
    title: str
    roles: tuple[str, ...]
    begins_on: date
    ends_on: date | None


def import_officials(rows: Iterable[Mapping[str, object]], *, dry_run: bool, by: Actor, at: datetime) -> Iterator[str]:
    """Raises Refusal ``people.wrong_rows`` after the last line when any was wrong; the caller takes all back then."""
    wrong, number = [], 0
    units = {one.code: one for one in Unit.objects.all()}
    for number, row in enumerate(rows, start=1):
        try:
            with transaction.atomic():
                line = read_line(row, units, timezone.localdate(at))
                done = _settle(line, by=by, at=at)
        except Refusal as refused:
            wrong.append(number)
            yield f"{number}: SAI – {refused.message}"
        else:
            yield f"{number}: {line.username} – {'; '.join(done) or 'giữ nguyên'}"
    if wrong:
        listed = ", ".join(map(str, wrong[:20]))
        raise Refusal("people.wrong_rows", f"{len(wrong)} trong {number} dòng sai: {listed}.")


def read_line(row: Mapping[str, object], units: Mapping[str, Unit], today: date) -> Line:
    """The line's meaning. Raises WrongRow with what is wrong."""

    def said(name: str) -> str:
        return " ".join(str(row.get(name) or "").split())

    if not said("username") or not said("full_name"):
        raise WrongRow("thiếu tên đăng nhập (username) hoặc họ tên (full_name).")
    if said("unit") not in units:
        raise WrongRow(f"không có đơn vị mã “{said('unit')}”.")
    roles = tuple(dict.fromkeys(said("roles").split()))
    unknown = [role for role in roles if role not in registry.roles]
    if unknown:
        raise WrongRow(f"không có vai trò “{unknown[0]}”.")
    begins_on = _day(row.get("begins_on")) or today
    ends_on = _day(row.get("ends_on"))
    if ends_on is not None and row.get("begins_on") and ends_on < begins_on:
        raise WrongRow("ngày kết thúc (ends_on) trước ngày bắt đầu (begins_on).")
    return Line(
        username=said("username")[:60],
        full_name=said("full_name")[:120],
        email=said("email"),
        unit=units[said("unit")],
        title=said("title")[:120] or USUAL_TITLE,
        roles=roles,
        begins_on=begins_on,
        ends_on=ends_on,
    )


def _day(value: object) -> date | None:
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    text = str(value or "").strip()
    if not text:
        return None
    for form in ("%d/%m/%Y", "%Y-%m-%d"):
        try:
            return datetime.strptime(text, form).date()  # noqa: DTZ007 - a day has no zone
        except ValueError:
            continue
    raise WrongRow(f"không đọc được ngày “{text}”; viết ngày/tháng/năm.")


def _settle(line: Line, *, by: Actor, at: datetime) -> list[str]:
    """Bring one official to what the line says; what was done, in words."""
    account = Account.objects.select_for_update(of=("self",)).filter(username=line.username).first()
    if account is not None and not account.is_official:
        raise WrongRow(f"“{line.username}” là tài khoản của người dân.")
    if line.ends_on is not None:
        return _end(account, line, by=by, at=at)
    if account is None:
        return [_register(line, by=by, at=at)]
    done = []
    if not _posts(account, line).exists():
        is_main = not Position.objects.filter(account=account, is_main=True, ends_on__isnull=True).exists()
        people.appoint(account=account, unit_id=line.unit.pk, title=line.title, begins_on=line.begins_on, by=by,
                       is_main=is_main)  # fmt: skip
        _note("person.appoint", account, by, at, title=line.title, unit=line.unit.name)
        done.append(f"bổ nhiệm {line.title}")
    for role in line.roles:
        if not Grant.objects.filter(account=account, role=role, unit=line.unit, ends_on__isnull=True).exists():
            people.give_role(account=account, role=role, unit_id=line.unit.pk, begins_on=line.begins_on, by=by)
            _note("person.give_role", account, by, at, role=registry.roles[role].name, unit=line.unit.name)
            done.append(f"giao {registry.roles[role].name}")
    return done


def _register(line: Line, *, by: Actor, at: datetime) -> str:
    account = people.register_official(
        username=line.username, display_name=line.full_name, email=line.email, unit_id=line.unit.pk, title=line.title,
        begins_on=line.begins_on, by=by, roles=line.roles,
    )  # fmt: skip
    _note("person.register", account, by, at, username=account.username)
    return "đã thêm"


def _posts(account: Account, line: Line) -> QuerySet[Position]:
    return Position.objects.filter(account=account, unit=line.unit, ends_on__isnull=True)


def _end(account: Account | None, line: Line, *, by: Actor, at: datetime) -> list[str]:
    if account is None:
        raise WrongRow(f"chưa có tài khoản “{line.username}” để kết thúc.")
    assert line.ends_on is not None
    done = []
    for post in _posts(account, line):
        if line.ends_on < post.begins_on:
            raise WrongRow(f"ngày kết thúc trước ngày bắt đầu {post.begins_on:%d/%m/%Y}.")
        leave(post, account, ends_on=line.ends_on, by=by, at=at)
        done.append(f"kết thúc {post.title} từ {line.ends_on:%d/%m/%Y}")
    return done


def leave(post: Position, account: Account, *, ends_on: date, by: Actor, at: datetime) -> None:
    """End a post with its roles, write it down, and end sessions when its last day has passed."""
    people.end_position(position=post, ends_on=ends_on, by=by)
    _note("person.leave", account, by, at, title=post.title, unit=post.unit.name, on=f"{ends_on:%d/%m/%Y}")
    if ends_on < timezone.localdate(at):
        sessions.end_all(account.pk)


def _note(verb: str, account: Account, by: Actor, at: datetime, **data: str) -> None:
    note(subject=f"account/{account.pk}", verb=verb, by=by, at=at, data={"name": account.display_name, **data})
