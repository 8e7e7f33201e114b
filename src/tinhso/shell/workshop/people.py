"""Officials, their posts and roles, as far as the administrator's units reach."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tinhso.kernel.core import Permission
from tinhso.kernel.errors import NotFound, Refusal
from tinhso.kernel.journal.models import Entry
from tinhso.kernel.journal.queries import timeline
from tinhso.kernel.manifest import registry
from tinhso.kernel.people.models import Account, Grant, Position
from tinhso.kernel.people.rules import Actor
from tinhso.kernel.search.rules import fold
from tinhso.kernel.units.queries import tree
from tinhso.shell.workshop import actions, forms
from tinhso.shell.workshop.access import only_with

PAGE = 50
LATEST = 20


def _managed(actor: Actor) -> Any:
    """Officials with a post in the units this administrator manages."""
    scope = actor.scope(Permission.PEOPLE)
    rows = Account.objects.filter(is_official=True)
    if scope.everywhere:
        return rows
    posts = Position.objects.filter(unit_id__in=scope.units).values("account_id")
    return rows.filter(pk__in=posts)


def _units(actor: Actor) -> list[tuple[int, str]]:
    scope, day = actor.scope(Permission.PEOPLE), timezone.localdate()
    nodes = tree().nodes.values()
    return sorted(
        ((one.id, one.name) for one in nodes if one.lives_on(day) and scope.covers(one.id)),
        key=lambda one: fold(one[1]),
    )


@only_with(Permission.PEOPLE)
@require_GET
def show_list(request: HttpRequest) -> HttpResponse:
    """By name, fifty a page: two statements whatever the number."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    text = "".join(one for one in request.GET.get("q", "")[:80] if one.isprintable()).strip()
    after = request.GET.get("sau", "")[:60]
    rows = _managed(actor)
    if text:
        rows = rows.filter(Q(display_name__icontains=text) | Q(username__icontains=text))
    if after and after.isprintable():
        rows = rows.filter(username__gt=after)
    got = list(rows.order_by("username").prefetch_related("positions")[: PAGE + 1])
    nodes, day = tree().nodes, timezone.localdate()
    lines = [
        {"account": one, "posts": [f"{post.title}, {nodes[post.unit_id].short_name}" for post in one.positions.all()
                                   if post.ends_on is None or post.ends_on >= day]}
        for one in got[:PAGE]
    ]  # fmt: skip
    context = {"lines": lines, "text": text, "more": got[PAGE - 1].username if len(got) > PAGE else ""}
    return render(request, "workshop/people.html", context)


@only_with(Permission.PEOPLE)
@require_http_methods(["GET", "POST"])
def register(request: HttpRequest) -> HttpResponse:
    """A new official."""
    actor: Actor = request.actor  # type: ignore[attr-defined]

    def page(refused: Refusal | None = None) -> HttpResponse:
        context = {"units": _units(actor), "said": request.POST, "refused": refused, "today": timezone.localdate(),
                   "has_errors": refused is not None}  # fmt: skip
        return render(request, "workshop/register.html", context)

    if request.method == "GET":
        return page()

    def act() -> object:
        names = ("username", "full_name", "email", "title")
        return actions.register(
            **{name: forms.text(request, name) for name in names}, unit_id=forms.number(request, "unit"),
            begins_on=forms.day(request, "begins_on"), by=actor, at=timezone.now(),
        )  # fmt: skip

    done = _("Đã lập tài khoản. Người dùng tự đặt mật khẩu ở trang “Quên mật khẩu”.")
    return forms.attempt(request, act, done=done, back=reverse("workshop:people"), again=page)


@only_with(Permission.PEOPLE)
@require_GET
def show_official(request: HttpRequest, account_id: int) -> HttpResponse:
    return _official_page(request, account_id)


def _official_page(request: HttpRequest, account_id: int, refused: Refusal | None = None) -> HttpResponse:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    account = _managed(actor).filter(pk=account_id).first()
    if account is None:
        raise NotFound
    nodes = tree().nodes
    grants = Grant.objects.filter(account=account).order_by("ends_on", "-begins_on", "-id")
    entries = Entry.objects.filter(subject=f"account/{account_id}").order_by("-seq")[:LATEST]
    context = {
        "account": account,
        "posts": [
            (post, nodes[post.unit_id].name, post.ends_on is None and actor.may(Permission.PEOPLE, post.unit_id))
            for post in account.positions.order_by("-is_main", "begins_on")
        ],
        "grants": [
            (one, registry.roles[one.role].name if one.role in registry.roles else one.role, nodes[one.unit_id].name,
             one.ends_on is None and actor.may(Permission.PEOPLE, one.unit_id))
            for one in grants
        ],
        "roles": sorted(((role.code, role.name) for role in registry.roles.values()), key=lambda one: fold(one[1])),
        "units": _units(actor),
        "is_self": account.pk == actor.account_id,
        "today": timezone.localdate(),
        "history": timeline(entries),
        "refused": refused,
        "said": request.POST,
        "has_errors": refused is not None,
    }  # fmt: skip
    return render(request, "workshop/official.html", context)


def _back(account_id: int) -> str:
    return reverse("workshop:official", args=[account_id])


def _on_page_of(account_id: int, request: HttpRequest, act: Callable[[], object], done: str) -> HttpResponse:
    """Do it and go back to the official's page; where the rules say no, that page says why."""
    return forms.attempt(
        request, act, done=done, back=_back(account_id), again=lambda no: _official_page(request, account_id, no)
    )


def _whose(rows: QuerySet[Any]) -> int:
    """The account of a post or a role. Raises NotFound when there is none."""
    account_id: int | None = rows.values_list("account_id", flat=True).first()
    if account_id is None:
        raise NotFound
    return account_id


@only_with(Permission.PEOPLE)
@require_POST
def appoint(request: HttpRequest, account_id: int) -> HttpResponse:
    def act() -> object:
        return actions.appoint(
            account_id=account_id, unit_id=forms.number(request, "unit"), title=forms.text(request, "title"),
            begins_on=forms.day(request, "begins_on"), by=request.actor, at=timezone.now(),  # type: ignore[attr-defined]
        )  # fmt: skip

    return _on_page_of(account_id, request, act, _("Đã bổ nhiệm."))


@only_with(Permission.PEOPLE)
@require_POST
def end_position(request: HttpRequest, position_id: int) -> HttpResponse:
    """The official leaves a post."""
    account_id = _whose(Position.objects.filter(pk=position_id))

    def act() -> object:
        return actions.end_position(
            position_id=position_id, ends_on=forms.day(request, "ends_on"), by=request.actor, at=timezone.now()  # type: ignore[attr-defined]
        )  # fmt: skip

    done = _("Đã kết thúc vị trí. Vai trò tại đơn vị đó và phiên đăng nhập kết thúc cùng.")
    return _on_page_of(account_id, request, act, done)


@only_with(Permission.PEOPLE)
@require_POST
def give_role(request: HttpRequest, account_id: int) -> HttpResponse:
    def act() -> object:
        return actions.give_role(
            account_id=account_id, role=forms.text(request, "role"), unit_id=forms.number(request, "unit"),
            begins_on=timezone.localdate(), by=request.actor, at=timezone.now(),  # type: ignore[attr-defined]
        )  # fmt: skip

    return _on_page_of(account_id, request, act, _("Đã giao vai trò."))


@only_with(Permission.PEOPLE)
@require_POST
def take_role(request: HttpRequest, grant_id: int) -> HttpResponse:
    """A role ends today."""
    account_id = _whose(Grant.objects.filter(pk=grant_id))

    def act() -> object:
        today = timezone.localdate()
        return actions.take_role(grant_id=grant_id, ends_on=today, by=request.actor, at=timezone.now())  # type: ignore[attr-defined]

    return _on_page_of(account_id, request, act, _("Đã thu vai trò, có hiệu lực từ ngày mai."))
