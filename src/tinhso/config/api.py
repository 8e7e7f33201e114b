"""The public API, version 1: every module's router under its name, one way of saying no, one contract.

A module takes part by having an ``api.py`` with a ``router``; its routes stand at ``/api/v1/<module>/…``.
"""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.views.decorators.csrf import csrf_exempt
from ninja import NinjaAPI, Router

from tinhso.kernel.api import auth, problems
from tinhso.kernel.api.responses import fast
from tinhso.kernel.errors import NotFound

VERSION = "1"


def routers(modules: list[str]) -> dict[str, Router]:
    """Each module's router by the module's name. A file that breaks while loading breaks the start."""
    found = {}
    for module in modules:
        if find_spec(f"{module}.api"):
            found[module.rpartition(".")[2]] = import_module(f"{module}.api").router
    return found


def build(found: dict[str, Router], namespace: str = "api-v1") -> NinjaAPI:
    """The API of these routers. Without its own word on it, a route is for people and programs that signed in."""
    api = NinjaAPI(
        title="Tỉnh Số",
        version=VERSION,
        urls_namespace=namespace,
        auth=auth.SIGNED_IN,
        docs_url=None,
        openapi_url="/openapi.json",
    )
    problems.install(api)

    @api.get("/", auth=None, summary="Mục lục", operation_id="index", tags=["index"])
    def index(request: HttpRequest) -> HttpResponse:
        """What this API offers and where its contract stands."""
        here = request.path
        return fast(
            {
                "title": api.title,
                "version": api.version,
                "contract": f"{here}openapi.json",
                "modules": {name: f"{here}{name}/" for name in sorted(found)},
            }
        )

    for name, router in sorted(found.items()):
        api.add_router(f"/{name}/", router, tags=[name])
    return api


@csrf_exempt
def unknown(request: HttpRequest, rest: str) -> HttpResponse:
    """Addresses under /api/ that do not exist are answered to programs, not to people."""
    return problems.refused(request, NotFound())


api = build(routers(settings.TINHSO_MODULES))
urlpatterns = [path("api/v1/", api.urls), path("api/<path:rest>", unknown)]
