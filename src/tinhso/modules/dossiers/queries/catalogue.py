"""What a dossier takes from its procedure: its title and its fee."""

from __future__ import annotations

from datetime import date

from tinhso.modules.procedures import door as procedures
from tinhso.modules.procedures.door import ProcedureSheet


def title_of(sheet: ProcedureSheet, branch: str) -> str:
    """The procedure's plain name with the case that the applicant is in."""
    name = next((one.name for one in sheet.branches if one.code == branch), "")
    return f"{sheet.name} – {name}" if name else sheet.name


def fee_of(sheet: ProcedureSheet, channel: str, branch: str, on: date) -> int:
    """The sum of the fixed fees on a day, in whole đồng; tables and other bodies' decisions are not in it."""
    return sum(fee.amount_on(on, channel) or 0 for fee in procedures.fees_for(sheet, channel, branch))
