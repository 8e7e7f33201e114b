"""Dossiers for programs: list, read, file and move them, under the same rights and rules as on the pages.

Whoever signed in, with a key or in a browser, sees what they would see there; each write has an ``Idempotency-Key``.
"""

from ninja import Router

from tinhso.modules.dossiers.api import moving, reading

router = Router()
router.add_router("", reading.router)
router.add_router("", moving.router)
BESIDE = {"lookup": reading.lookup}

__all__ = ["BESIDE", "router"]
