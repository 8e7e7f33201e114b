"""Dossiers for programs: list, read, file and move them, under the same rights and rules as on the pages.

Whoever signed in, with a key or in a browser, sees what they would see there; each write has an ``Idempotency-Key``.
"""

from tinhso.modules.dossiers.api import moving, reading
from tinhso.modules.dossiers.api.routers import lookup, router

BESIDE = {"lookup": lookup}

__all__ = ["BESIDE", "moving", "reading", "router"]
