"""Signing in with an identity provider and coming back, linking, proving oneself anew, and leaving."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
from allauth.account.adapter import get_adapter
from allauth.account.utils import perform_login
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tinhso.kernel.errors import NotFound, Refusal
from tinhso.kernel.identity import actions, assurance, providers, sessions
from tinhso.kernel.identity.models import Identity
from tinhso.kernel.identity.rules import Provider, Said, understood

PENDING, LEFT = "identity_pending", "identity_left"
PENDING_FOR = timedelta(minutes=10)
LINKED_BY_OWNER = ("identity.number_has_account", "people.username_taken")


def _safe(address: str) -> str:
    """An address on this site, else empty."""
    return address if url_has_allowed_host_and_scheme(address, allowed_hosts=None) else ""


def _me(request: HttpRequest) -> int:
    """The signed-in account's id."""
    return int(request.user.pk or 0)


def _again(next_page: str) -> str:
    """Where one proves oneself with what is one's own here: password, code or passkey."""
    return f"{reverse('account_reauthenticate')}?{urlencode({'next': next_page})}"


@never_cache
@require_GET
def go(request: HttpRequest, code: str) -> HttpResponse:
    """Off to the provider: to sign in, to link (``muc-dich=lien-ket``), or to prove oneself for an act (``viec``)."""
    provider = providers.provider_of(code)
    flow: dict[str, Any] = {"next": _safe(request.GET.get("next", "")), "purpose": "sign-in"}
    asked: dict[str, Any] = {"acr_values": provider.acr_for(1)}
    task = request.GET.get("viec", "")
    act = assurance.waiting_act(request, task)
    if act is not None and request.user.is_authenticated:
        flow |= {"purpose": "prove", "task": task, "account": request.user.pk, "level": act["level"]}
        asked = {"acr_values": provider.acr_for(max(act["level"], 1)), "prompt": "login", "max_age": act["within"]}
    elif request.GET.get("muc-dich") == "lien-ket":
        if not request.user.is_authenticated:
            return HttpResponseRedirect(f"{reverse('account_login')}?{urlencode({'next': request.get_full_path()})}")
        if assurance.proof_of(request).lacks(level=0, within=assurance.FRESH, now=timezone.now()):
            return HttpResponseRedirect(_again(request.get_full_path()))
        flow |= {"purpose": "link", "account": request.user.pk}
        asked |= {"prompt": "login", "max_age": int(assurance.FRESH.total_seconds())}
    try:
        return providers.send(request, provider, flow=flow, **asked)
    except Refusal as refused:
        return _refused(request, provider, refused)


@never_cache
@require_GET
def back(request: HttpRequest, code: str) -> HttpResponse:
    """The provider's answer: proven first, believed then."""
    provider = providers.provider_of(code)
    try:
        answer = providers.answer(request, provider)
        said = understood(provider, answer.claims)
        arrive = {"link": _arrive_linking, "prove": _arrive_proven}.get(answer.flow.get("purpose", ""), _arrive)
        return arrive(request, provider, answer, said)
    except Refusal as refused:
        return _refused(request, provider, refused)


def _seen_at(answer: providers.Answer) -> datetime:
    """When the provider saw the person; now, when it does not say and was not asked."""
    at = answer.claims.get("auth_time")
    return datetime.fromtimestamp(at, UTC) if isinstance(at, int | float) else timezone.now()


def _remember(request: HttpRequest, account_id: int, provider: Provider, answer: providers.Answer, said: Said) -> None:
    assurance.remember(
        request, account_id=account_id, provider=provider.code, issuer=provider.issuer, kind=said.kind,
        level=said.level, at=_seen_at(answer),
        id_token=answer.id_token, sid=str(answer.claims.get("sid", ""))[:200], subject=said.subject,
        second_factor=provider.second_factor,
    )  # fmt: skip


def _arrive(request: HttpRequest, provider: Provider, answer: providers.Answer, said: Said) -> HttpResponse:
    try:
        account = actions.sign_in(provider=provider, said=said, at=timezone.now())
    except Refusal as refused:
        if refused.code in LINKED_BY_OWNER:
            request.session[PENDING] = {
                "provider": provider.code, "said": msgspec.to_builtins(said), "at": timezone.now().timestamp()
            }  # fmt: skip
        raise
    if request.user.is_authenticated and request.user.pk != account.pk:
        logout(request)
    _remember(request, account.pk, provider, answer, said)
    return perform_login(request, account, email_verification="none", redirect_url=answer.flow.get("next") or None)


def _same_account(request: HttpRequest, answer: providers.Answer) -> int:
    """Raises Refusal when somebody else has signed in here while the person was at the provider."""
    account_id = request.user.pk
    if account_id is None or account_id != answer.flow.get("account"):
        raise actions.Conflict("identity.session_changed", _("Phiên đăng nhập đã đổi. Làm lại từ đầu."))
    return int(account_id)


def _arrive_linking(request: HttpRequest, provider: Provider, answer: providers.Answer, said: Said) -> HttpResponse:
    account_id = _same_account(request, answer)
    _fresh_enough(answer, assurance.FRESH)
    actions.link(account_id=account_id, provider=provider, said=said, at=timezone.now())
    _remember(request, account_id, provider, answer, said)
    messages.success(request, _("Đã liên kết {name}.").format(name=provider.name))
    return HttpResponseRedirect(reverse("identity:list"))


def _arrive_proven(request: HttpRequest, provider: Provider, answer: providers.Answer, said: Said) -> HttpResponse:
    """Only who the account belongs to at the provider, as strongly and as freshly as was asked."""
    account_id = _same_account(request, answer)
    if not Identity.objects.filter(account_id=account_id, issuer=provider.issuer, subject=said.subject).exists():
        words = _("Bạn vừa xác nhận bằng {name} của người khác. Việc đang làm chưa được gửi.")
        raise actions.Conflict("identity.somebody_else", words.format(name=provider.name))
    task = str(answer.flow.get("task", ""))
    act = assurance.waiting_act(request, task)
    if act is None:
        raise NotFound
    _fresh_enough(answer, timedelta(seconds=act["within"]))
    _remember(request, account_id, provider, answer, said)
    if said.level < act["level"] and assurance.proof_of(request).has_levels:
        words = _("Việc này cần tài khoản {name} mức {level}. Việc đang làm chưa được gửi.")
        raise Refusal("identity.level", words.format(name=provider.name, level=act["level"]))
    return HttpResponseRedirect(reverse("identity:resume", args=[task]))


def _fresh_enough(answer: providers.Answer, within: timedelta) -> None:
    """Raises Refusal when the provider did not see the person anew, or does not say when it did."""
    at = answer.claims.get("auth_time")
    limit = within + timedelta(seconds=providers.LEEWAY)
    if not isinstance(at, int | float) or timezone.now() - datetime.fromtimestamp(at, UTC) > limit:
        raise Refusal("identity.not_fresh", _("Lần xác nhận này đã cũ. Chưa có gì thay đổi; xác nhận lại."))


def _refused(request: HttpRequest, provider: Provider, refused: Refusal) -> HttpResponse:
    """What went wrong and what one can do instead; nobody is signed in by it."""
    context = {
        "provider": provider,
        "refused": refused,
        "may_link": PENDING in request.session and refused.code in LINKED_BY_OWNER,
        "is_down": refused.code == "identity.down",
        "link_url": f"{reverse('account_login')}?{urlencode({'next': reverse('identity:link')})}",
    }  # fmt: skip
    return render(request, "identity/refused.html", context, status=refused.status)


def _pending(request: HttpRequest) -> tuple[Provider, Said] | None:
    """What a provider proved a few minutes ago and could not be used without this account's word."""
    kept: Mapping[str, Any] = request.session.get(PENDING, {})
    if not kept or timezone.now().timestamp() - kept["at"] > PENDING_FOR.total_seconds():
        return None
    return providers.provider_of(kept["provider"]), msgspec.convert(kept["said"], Said)


@never_cache
@login_required
@require_http_methods(["GET", "POST"])
def link(request: HttpRequest) -> HttpResponse:
    """After signing in to the account that stood in the way: link it, on the person's word."""
    found = _pending(request)
    if found is None:
        return HttpResponseRedirect(reverse("identity:list"))
    provider, said = found
    if request.method == "GET":
        return render(request, "identity/link.html", {"provider": provider, "said": said, "account": request.user})
    if assurance.proof_of(request).lacks(level=0, within=assurance.FRESH, now=timezone.now()):
        return HttpResponseRedirect(_again(reverse("identity:link")))
    try:
        actions.link(account_id=_me(request), provider=provider, said=said, at=timezone.now())
    except Refusal as refused:
        return _refused(request, provider, refused)
    del request.session[PENDING]
    messages.success(request, _("Đã liên kết {name}. Lần sau đăng nhập bằng {name}.").format(name=provider.name))
    return HttpResponseRedirect(reverse("identity:list"))


@never_cache
@login_required
@require_GET
def show_list(request: HttpRequest) -> HttpResponse:
    """How I can sign in: linked identities, those I could link, and where I am signed in."""
    mine = {one.issuer: one for one in Identity.objects.filter(account_id=_me(request))}
    official = getattr(request.user, "is_official", False)
    offered = [one for one in providers.all_providers() if (one.audience == "officials") == official]
    context = {
        "linked": [(provider, mine[provider.issuer]) for provider in offered if provider.issuer in mine],
        "linkable": [provider for provider in offered if provider.issuer not in mine],
        "sessions": sessions.listed(request),
    }
    return render(request, "identity/list.html", context)


@require_POST
@login_required
@assurance.proven()
def unlink(request: HttpRequest, identity_id: int) -> HttpResponse:
    issuer = Identity.objects.filter(pk=identity_id).values_list("issuer", flat=True).first()
    name = next((one.name for one in providers.all_providers() if one.issuer == issuer), issuer or "")
    actions.unlink(identity_id=identity_id, by_account_id=_me(request), provider_name=name, at=timezone.now())
    messages.success(request, _("Đã gỡ liên kết."))
    return HttpResponseRedirect(reverse("identity:list"))


def _has_own_proof(request: HttpRequest) -> bool:
    """Whether the account has a password, a code or a passkey here to prove itself with."""
    return bool(get_adapter().get_reauthentication_methods(request.user))


@never_cache
@login_required
@require_GET
def prove(request: HttpRequest, task: str) -> HttpResponse:
    """Why the act waits, and the ways to prove oneself for it."""
    act = assurance.waiting_act(request, task)
    if act is None:
        raise NotFound("identity.no_act", _("Việc này không còn chờ. Mở lại trang và làm lại."))
    proof = assurance.proof_of(request)
    within = timedelta(seconds=act["within"])
    needs_level = proof.lacks(level=act["level"], within=within, now=timezone.now()) == "level"
    issuers = set(Identity.objects.filter(account_id=_me(request)).values_list("issuer", flat=True))
    linked = [one for one in providers.all_providers() if one.issuer in issuers]
    context = {
        "act": act,
        "task": task,
        "needs_level": needs_level,
        "linked": linked,
        "may_use_own": _has_own_proof(request) and (not needs_level or getattr(request.user, "is_official", False)),
        "own_url": _again(reverse("identity:resume", args=[task])),
    }
    return render(request, "identity/prove.html", context)


@never_cache
@login_required
@require_GET
def resume(request: HttpRequest, task: str) -> HttpResponse:
    """What was typed, shown as kept and sent with one press."""
    act = assurance.waiting_act(request, task)
    if act is None:
        raise NotFound("identity.no_act", _("Việc này không còn chờ. Mở lại trang và làm lại."))
    if assurance.proof_of(request).lacks(
        level=act["level"], within=timedelta(seconds=act["within"]), now=timezone.now()
    ):
        return HttpResponseRedirect(reverse("identity:prove", args=[task]))
    assurance.done_waiting(request, task)
    return render(request, "identity/resume.html", {"act": act})


@never_cache
@require_GET
def left(request: HttpRequest) -> HttpResponse:
    """Signed out here; the provider's own session may go on, so there is a way out there too."""
    kept: Mapping[str, Any] = request.session.pop(LEFT, {})
    found = next((one for one in settings.IDENTITY_PROVIDERS if one.code == kept.get("provider")), None)
    context = {"provider": found, "way_out": providers.way_out(found, kept["id_token"]) if found else ""}
    return render(request, "identity/left.html", context)
