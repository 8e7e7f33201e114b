"""Officials' pages: a unit's index explained down to its dossiers, and the editions by which it is computed."""

from __future__ import annotations

from tinhso.modules.service_quality.desk.editions import editions, publish
from tinhso.modules.service_quality.desk.explaining import component, index

__all__ = ["component", "editions", "index", "publish"]
