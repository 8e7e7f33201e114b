"""All addresses, gathered from the kernel's, the shell's and the modules' own lists.

A package's ``urls.py`` offers ``portal`` (pages for the public, from the root) and ``desk`` (pages for officials, under
``/lam-viec/``), or plain ``urlpatterns``. With an ``app_name`` its pages are named ``app_name:page``.
"""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from types import ModuleType

from django.conf import settings
from django.urls import URLPattern, URLResolver, include, path

from tinhso.config import health, metrics

DESK = "lam-viec/"
Routes = list[URLPattern | URLResolver]


def _find(name: str) -> ModuleType | None:
    """The module, or None when there is no such file. A file that breaks while loading still breaks."""
    return import_module(name) if find_spec(name) else None


def _routes(package: str) -> Routes:
    """All addresses of one package, both audiences under one namespace."""
    urls = _find(f"{package}.urls")
    if urls is None:
        return []
    if hasattr(urls, "portal") or hasattr(urls, "desk"):
        routes = [*getattr(urls, "portal", []), path(DESK, include(getattr(urls, "desk", [])))]
    else:
        routes = list(urls.urlpatterns)
    name = getattr(urls, "app_name", None)
    return [path("", include((routes, name)))] if name else routes


def _api() -> Routes:
    api = _find("tinhso.config.api")
    return [] if api is None else list(api.urlpatterns)


_kernel = [app for app in settings.INSTALLED_APPS if app.startswith("tinhso.kernel.")]
_packages = [*_kernel, *settings.TINHSO_SHELL, *settings.TINHSO_MODULES]

urlpatterns: Routes = [
    path("healthz", health.alive, name="alive"),
    path("readyz", health.ready, name="ready"),
    path("khoe/song", health.alive, name="alive"),
    path("khoe/san-sang", health.ready, name="ready"),
    path("metrics", metrics.metrics, name="metrics"),
    *_api(),
    *(route for package in _packages for route in _routes(package)),
    path("tai-khoan/", include("allauth.urls")),
]

handler400 = "tinhso.config.refusals.bad_request"
handler403 = "tinhso.config.refusals.not_allowed"
handler404 = "tinhso.config.refusals.not_found"
handler500 = "tinhso.config.refusals.broken"
