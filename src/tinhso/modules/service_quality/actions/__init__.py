"""All writes: reading the work, counting months, scoring and closing periods, editions and supplied numbers."""

from __future__ import annotations

from tinhso.modules.service_quality.actions.counting import refresh
from tinhso.modules.service_quality.actions.editions import draft, load_seeds, publish, run_import, supply

__all__ = ["draft", "load_seeds", "publish", "refresh", "run_import", "supply"]
