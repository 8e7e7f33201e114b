"""At the counter: card and holder have been seen together, and the account gets its proven number."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from tinhso.kernel.core import Permission
from tinhso.kernel.errors import Refusal
from tinhso.kernel.people.models import Account
from tinhso.kernel.people.rules import read_card
from tinhso.shell.workshop import actions, forms
from tinhso.shell.workshop.access import only_with

SEEN = "seen"


@only_with(Permission.IDENTIFY)
@require_http_methods(["GET", "POST"])
def confirm(request: HttpRequest) -> HttpResponse:
    """Look for the account, compare, confirm. The name on the account is shown before anything is done."""
    username, typed = forms.text(request, "username"), forms.text(request, "number")
    card = read_card(typed)
    number = card.identity_number if card else "".join(typed.split())

    def page(refused: Refusal | None = None) -> HttpResponse:
        found = Account.objects.select_related("person").filter(username=username, is_official=False).first()
        context = {
            "said": request.POST, "found": found, "card": card, "number": number, "refused": refused,
            "has_errors": refused is not None,
        }  # fmt: skip
        return render(request, "workshop/confirm_identity.html", context)

    if request.method == "GET" or not request.POST.get("confirm"):
        return page()

    def act() -> object:
        if not request.POST.get(SEEN):
            words = _("Đánh dấu là bạn đã xem thẻ và thấy đúng người.")
            raise Refusal("workshop.not_seen", words, field=SEEN)
        return actions.confirm_identity(
            username=username, identity_number=number, by=request.actor, at=timezone.now()  # type: ignore[attr-defined]
        )  # fmt: skip

    done = _("Đã đối chiếu. Hồ sơ nộp tại quầy trước đây cũng hiện trong tài khoản.")
    return forms.attempt(request, act, done=done, back=reverse("workshop:confirm_identity"), again=page)
