"""What a unit does with its sheet: row by row, a whole file at once, sending."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from tinhso.kernel.errors import NotAllowed, NotFound, Refusal, Stale
from tinhso.kernel.journal.actions import note
from tinhso.kernel.numerals import plain, read
from tinhso.kernel.people.rules import Actor
from tinhso.modules.reporting.models import ReportPeriod, Sheet, SheetRow
from tinhso.modules.reporting.queries import sheets as reading
from tinhso.modules.reporting.queries import templates
from tinhso.modules.reporting.queries.returned import Trouble, Typed
from tinhso.modules.reporting.rules import words
from tinhso.modules.reporting.rules.sheets import Cell, Kind, Template
from tinhso.modules.reporting.rules.words import Channel, Permission, SheetState

LONGEST_TEXT = 2000
SHOWN = 5


class RowStale(Stale):
    """Two people on one row: what the other one saved, by column."""

    def __init__(self, values: Mapping[str, str], revision: int, who: str) -> None:
        super().__init__("reporting.row_changed", f"{who or 'Người khác'} vừa sửa dòng này. Xem lại rồi chọn số đúng.")
        self.values, self.revision = dict(values), revision


class FileTroubles(Refusal):
    """Nothing of a file was taken; what is wrong, cell by cell."""

    def __init__(self, troubles: list[Trouble]) -> None:
        super().__init__(
            "reporting.file_cells", f"Tệp có {len(troubles)} chỗ cần sửa; chưa có số nào được ghi.", field="file"
        )
        self.troubles = troubles


def subject_of(sheet_id: int) -> str:
    return f"reporting/sheet/{sheet_id}"


def locked_sheet(sheet_id: int, right: Permission, move: str, by: Actor) -> tuple[Sheet, ReportPeriod, Template]:
    """The sheet under lock with its period as of now; asks the right, then whether the move is possible."""
    sheet = Sheet.objects.visible_to(by).select_for_update(of=("self",)).filter(pk=sheet_id).first()
    if sheet is None:
        raise NotFound
    if not by.may(right, sheet.unit_id):
        raise NotAllowed
    return sheet, *moved(sheet, move)


def moved(sheet: Sheet, move: str) -> tuple[ReportPeriod, Template]:
    """The period as it is once the sheet is locked, and the template. Raises Refusal if the move cannot be made.

    Whoever closes the period locks every sheet first: who comes later reads here that it is closed.
    """
    period = ReportPeriod.objects.select_related("version", "assignment__template").get(pk=sheet.period_id)
    if not words.may(move, sheet.state, period.state):
        raise Refusal("reporting.sheet_state", _why_not(sheet, period))
    return period, templates.of(period.version)


def _why_not(sheet: Sheet, period: ReportPeriod) -> str:
    if not period.is_open:
        return "Kỳ báo cáo này đã chốt. Không sửa được nữa."
    return f"Báo cáo này: {words.SHEET_NAMES[SheetState(sheet.state)].lower()}. Không làm được việc này ở bước này."


@transaction.atomic
def fill(
    *, sheet_id: int, row: str, values: Mapping[str, str], revision: int | None, by: Actor, at: datetime
) -> reading.Filled:
    """Put numbers into one row; what formulas make of them follows at once. Columns not named stay as they are.

    ``revision`` is what the person saw (None: take mine whatever stands there). Raises RowStale with what the other
    one saved, Refusal ``reporting.number`` with the column in ``field``.
    """
    sheet, _period, template = locked_sheet(sheet_id, Permission.FILL, "fill", by)
    inputs = {cell.column.code: cell for cell in template.inputs_of(row)}
    if not inputs or not values.keys() <= inputs.keys():
        raise NotFound
    given = {code: _read(inputs[code], text) for code, text in values.items()}
    found = reading.filled(sheet, template, people=True)
    kept = found.rows.get(row) or SheetRow(sheet=sheet, row=row)
    wanted = _merged(kept.values, given)
    if revision is not None and revision != kept.revision and wanted != kept.values:
        raise RowStale(kept.values, kept.revision, kept.filled_by.display_name if kept.filled_by else "")
    was = {code: kept.values.get(code, "") for code in given}
    _put(kept, wanted, by, at)
    kept.save()
    again = reading.Filled(template, {**found.rows, row: kept})
    sheet.filled, sheet.channel = again.filled, Channel.GRID
    sheet.save(update_fields=["filled", "channel"])
    data = {"row": row, "values": given, "was": was}
    note(subject=subject_of(sheet.pk), verb="reporting.fill", by=by, at=at, data=data)
    return again


def _merged(kept: Mapping[str, str], given: Mapping[str, str]) -> dict[str, str]:
    return {code: text for code, text in {**kept, **given}.items() if text}


def _put(kept: SheetRow, values: dict[str, str], by: Actor, at: datetime) -> None:
    kept.values, kept.revision = values, kept.revision + 1
    kept.filled_at, kept.filled_by_id = at, by.account_id


def _read(cell: Cell, text: str) -> str:
    """What is kept of a typed cell. Raises Refusal ``reporting.number`` naming the column."""
    column = cell.column
    if column.kind is Kind.TEXT:
        said = text.replace("\x00", "").strip()
        if len(said) > LONGEST_TEXT:
            message = f"{column.name}: nhiều nhất {LONGEST_TEXT} ký tự."
            raise Refusal("reporting.text", message, field=column.code)
        return said
    value = read(
        text, code="reporting.number", name=column.name, field=column.code, may_be_negative=column.may_be_negative,
        places=column.places,
    )  # fmt: skip
    return plain(value)


@transaction.atomic
def upload(*, sheet_id: int, typed: Typed, overwrite: bool, by: Actor, at: datetime) -> int:
    """Take a filled-in file: all of it, or nothing and what is wrong with every cell (FileTroubles).

    A row that somebody changed after the file was downloaded is wrong too, unless ``overwrite``. Returns how many rows
    changed.
    """
    sheet, _period, template = locked_sheet(sheet_id, Permission.FILL, "fill", by)
    found = reading.filled(sheet, template, people=True)
    troubles, changed = list(typed.troubles), []
    for row in template.input_rows:
        given, wrong = _read_row(template, row, typed)
        troubles += wrong
        kept = found.rows.get(row) or SheetRow(sheet=sheet, row=row)
        wanted = _merged(kept.values, given)
        if wrong or wanted == kept.values:
            continue
        seen = typed.revisions.get(row)
        if not overwrite and seen is not None and seen != kept.revision:
            troubles.append(_conflict(template, row, kept, typed))
        _put(kept, wanted, by, at)
        changed.append(kept)
    if troubles:
        raise FileTroubles(troubles)
    _write(changed)
    again = reading.Filled(template, {**found.rows, **{one.row: one for one in changed}})
    sheet.filled, sheet.channel = again.filled, Channel.EXCEL
    sheet.save(update_fields=["filled", "channel"])
    data = {"rows": len(changed), "sha256": typed.sha256, "values": {one.row: one.values for one in changed}}
    note(subject=subject_of(sheet.pk), verb="reporting.upload", by=by, at=at, data=data)
    return len(changed)


def _read_row(template: Template, row: str, typed: Typed) -> tuple[dict[str, str], list[Trouble]]:
    given: dict[str, str] = {}
    wrong: list[Trouble] = []
    for cell in template.inputs_of(row):
        said = typed.cells.get(cell.key)
        if said is None:
            continue
        try:
            given[cell.column.code] = _read(cell, said.text)
        except Refusal as refusal:
            wrong.append(Trouble(said.address, cell.name, refusal.message.removeprefix(f"{cell.column.name}: ")))
    return given, wrong


def _conflict(template: Template, row: str, kept: SheetRow, typed: Typed) -> Trouble:
    who = kept.filled_by.display_name if kept.filled_by else "Người khác"
    known = ((one.name, kept.values.get(one.code, "")) for one in template.columns)
    stands = "; ".join(f"{name} = {text.replace('.', ',')}" for name, text in known if text)
    words_ = f"{who} đã sửa dòng này sau khi bạn tải tệp, hiện là: {stands or 'trống'}."
    return Trouble(typed.places.get(row, ""), template.row_of[row].name, words_)


def _write(changed: list[SheetRow]) -> None:
    SheetRow.objects.bulk_create(
        changed, update_conflicts=True, unique_fields=["sheet", "row"],
        update_fields=["values", "revision", "filled_at", "filled_by"],
    )  # fmt: skip


@transaction.atomic
def submit(*, sheet_id: int, by: Actor, at: datetime) -> Sheet:
    """Send the sheet to the office that asked; all its numbers are frozen as they are now.

    Refused while a required cell is empty or a strict check does not hold. Sent after the due moment it counts as late.
    """
    sheet, _period, template = locked_sheet(sheet_id, Permission.SUBMIT, "submit", by)
    found = reading.filled(sheet, template)
    missing = [cell.name for cell in found.missing()]
    if missing:
        raise Refusal("reporting.missing", f"Còn ô chưa điền: {_few(missing)}. Không có thì ghi 0.")
    wrong = [
        f"{one.check.words} ({one.where})" if one.where else one.check.words
        for one in found.broken
        if one.check.is_strict
    ]
    if wrong:
        raise Refusal("reporting.checks", f"Số liệu chưa khớp: {_few(wrong)}.")
    sheet.values, sheet.state, sheet.submitted_at = found.kept(), SheetState.SUBMITTED, at
    sheet.first_sent_at = sheet.first_sent_at or at
    sheet.submitted_by_id, sheet.reason = by.account_id, ""
    sheet.save(update_fields=["values", "state", "submitted_at", "first_sent_at", "submitted_by", "reason"])
    data = {"filled": sheet.filled, "channel": sheet.channel, "values": sheet.values}
    note(subject=subject_of(sheet.pk), verb="reporting.submit", by=by, at=at, data=data)
    return sheet


def _few(many: list[str]) -> str:
    more = f" và {len(many) - SHOWN} chỗ khác" if len(many) > SHOWN else ""
    return "; ".join(many[:SHOWN]) + more
