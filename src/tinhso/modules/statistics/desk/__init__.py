"""Officials' pages: the figures of what they may see, the dossiers behind them, the statutory form as a spreadsheet."""

from __future__ import annotations

from tinhso.modules.statistics.desk.form import form
from tinhso.modules.statistics.desk.pages import behind, statistics

__all__ = ["behind", "form", "statistics"]
