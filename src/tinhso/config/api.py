"""The public API, version 1: every module's router under its name, one way of saying no, one contract.

A module takes part by having an ``api.py`` with a ``router``; its routes stand at ``/api/v1/<module>/…``. ``BESIDE``
names further routers that stand beside it, ``name`` another name than the package has (the shell’s packages do).
"""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec

from django.conf import settings
from django.urls import path
from ninja import Router

from tinhso.kernel.api.assembly import build, unknown


def routers(modules: list[str]) -> dict[str, Router]:
    """Each module's router by the name it gives, or the module's. A file that breaks while loading breaks the start."""
    found: dict[str, Router] = {}
    for module in modules:
        if find_spec(f"{module}.api"):
            offered = import_module(f"{module}.api")
            own = getattr(offered, "name", module.rpartition(".")[2])
            found |= {own: offered.router} | getattr(offered, "BESIDE", {})
    return found


api = build(routers([*settings.TINHSO_MODULES, *settings.TINHSO_SHELL]))
urlpatterns = [path("api/v1/", api.urls), path("api/<path:rest>", unknown)]
