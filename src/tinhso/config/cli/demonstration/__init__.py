"""The demonstration: a province with invented people and a year of dossiers that behave like real ones.

The same seed gives the same dossiers, counted back from the day of loading. ``generate`` alone is what benchmarks use.
"""

from __future__ import annotations

from tinhso.config.cli.demonstration.loading import SIZES, generate, load, prepare
from tinhso.config.cli.demonstration.staff import PASSWORD

__all__ = ["PASSWORD", "SIZES", "generate", "load", "prepare"]
