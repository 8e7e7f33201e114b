"""Pages that belong to the frame itself: look, service worker, web-app manifest, offline page, design gallery."""

from __future__ import annotations

from django.conf import settings
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import cache_control, never_cache
from django.views.decorators.http import require_GET, require_http_methods

from tinhso.kernel.people.marks import mark_of
from tinhso.kernel.ui import bundle, gallery, installing
from tinhso.kernel.ui.context import SIZES, THEMES
from tinhso.kernel.ui.offline import kept_offline

YEAR = 365 * 24 * 3600
CHOICES = {"theme": THEMES, "size": SIZES}


@require_http_methods(["GET", "POST"])
def look(request: HttpRequest) -> HttpResponse:
    """Remembers the theme or the size of letters in a cookie and goes back; a GET only prolongs the session."""
    if request.method == "GET":
        if request.user.is_authenticated:
            request.session.modified = True
        return HttpResponse(status=204)
    target = request.POST.get("next", "/")
    if not url_has_allowed_host_and_scheme(target, {request.get_host()}):
        target = "/"
    response = HttpResponseRedirect(target)
    for name, values in CHOICES.items():
        chosen = request.POST.get(name)
        if chosen in values:
            response.set_cookie(name, chosen, max_age=YEAR, samesite="Lax", secure=request.is_secure())
        elif chosen is not None:
            response.delete_cookie(name)
    return response


@require_GET
@cache_control(no_cache=True)
def service_worker(request: HttpRequest) -> FileResponse:
    """The worker must come from the root of the site to watch over all of it."""
    path = bundle.DIST / "sw.js"
    if not path.exists():
        raise Http404("the front end has not been built")
    return FileResponse(path.open("rb"), content_type="text/javascript; charset=utf-8")


@require_GET
@cache_control(public=True, max_age=3600)
def web_manifest(request: HttpRequest) -> JsonResponse:
    """What the phone shows when the site is put on its home screen."""
    return JsonResponse(installing.web_manifest(), content_type="application/manifest+json")


@require_GET
@cache_control(public=True, max_age=3600)
def offline(request: HttpRequest) -> HttpResponse:
    """Shown by the service worker without network; names nobody, so it may be kept on the device."""
    return render(request, "ui/offline.html")


@require_GET
@kept_offline
def outbox(request: HttpRequest) -> HttpResponse:
    """What was filled in on this device and has not been sent yet; the device itself knows what."""
    return render(request, "ui/outbox.html")


@require_GET
@never_cache
def sender(request: HttpRequest) -> JsonResponse:
    """Who is signed in and a fresh token: asked by the outbox right before it sends."""
    account_id = request.user.pk if request.user.is_authenticated else None
    return JsonResponse({"account": mark_of(account_id), "token": get_token(request)})


@require_GET
def design_gallery(request: HttpRequest) -> HttpResponse:
    """Every component in every state, for builders and for the automatic checks. Officials only in production."""
    actor = getattr(request, "actor", None)
    if settings.PRODUCTION and not (actor and actor.is_official):
        raise Http404("the gallery is for officials")
    return render(request, "ui/gallery.html", gallery.samples())


@require_GET
def design_frame(request: HttpRequest, name: str) -> HttpResponse:
    """One sample page in the frame ``portal``, ``flow``, ``desk`` or ``board``."""
    if name not in gallery.FRAMES or (settings.PRODUCTION and not request.actor.is_official):  # type: ignore[attr-defined]
        raise Http404("no such frame")
    return render(request, f"ui/gallery_{name}.html", {**gallery.samples(), "frame": gallery.SampleFrame(request)})
