"""All addresses, gathered from the modules' and the shell's own lists."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from types import ModuleType

from django.conf import settings
from django.urls import URLPattern, URLResolver, include, path

from tinhso.config import health

Routes = list[URLPattern | URLResolver]


def _find(name: str) -> ModuleType | None:
    """The module, or None when there is no such file. A file that breaks while loading still breaks."""
    return import_module(name) if find_spec(name) else None


def _gather(packages: list[str], name: str) -> Routes:
    return [route for package in packages if (urls := _find(f"{package}.urls")) for route in getattr(urls, name, [])]


def _kernel() -> Routes:
    packages = ("tinhso.kernel.ui", "tinhso.kernel.places", "tinhso.kernel.files")
    return [route for package in packages if (urls := _find(f"{package}.urls")) for route in urls.urlpatterns]


def _api() -> Routes:
    api = _find("tinhso.config.api")
    return [] if api is None else list(api.urlpatterns)


_packages = [*settings.TINHSO_SHELL, *settings.TINHSO_MODULES]

urlpatterns: Routes = [
    path("healthz", health.alive, name="alive"),
    path("readyz", health.ready, name="ready"),
    path("khoe/song", health.alive, name="alive"),
    path("khoe/san-sang", health.ready, name="ready"),
    path("tai-khoan/", include("allauth.urls")),
    *_kernel(),
    *_api(),
    path("lam-viec/", include(_gather(_packages, "desk"))),
    *_gather(_packages, "portal"),
]

handler400 = "tinhso.config.refusals.bad_request"
handler403 = "tinhso.config.refusals.not_allowed"
handler404 = "tinhso.config.refusals.not_found"
handler500 = "tinhso.config.refusals.broken"
