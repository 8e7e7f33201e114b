"""Putting an API together from routers: who may ask, how it says no, its index."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from ninja import NinjaAPI, Router
from ninja.responses import NinjaJSONEncoder

from tinhso.kernel.api import auth, problems
from tinhso.kernel.api.responses import fast
from tinhso.kernel.errors import NotFound


def build(found: Mapping[str, Router], *, version: str = "1", namespace: str = "api-v1") -> NinjaAPI:
    """The API of these routers. Without its own word on it, a route is for people and programs that signed in.

    There is no page for trying it out: the usual ones load scripts from elsewhere, which our pages never do.
    """
    api = NinjaAPI(
        title="Tỉnh Số",
        version=version,
        urls_namespace=namespace,
        auth=auth.SIGNED_IN,
        docs_url=None,
        openapi_url=None,
    )
    problems.install(api)

    @api.get("/openapi.json", auth=auth.ANYBODY, include_in_schema=False, url_name="openapi-json")
    def contract(request: HttpRequest) -> HttpResponse:
        return HttpResponse(described(), content_type="application/json")

    @cache
    def described() -> bytes:
        """All routes and shapes in words: a third of a second's work, done once, for they stay as long as we run."""
        return json.dumps(api.get_openapi_schema(), ensure_ascii=False, cls=NinjaJSONEncoder).encode()

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
