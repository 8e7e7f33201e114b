"""The account's home, what is known of a person, and reading a scanned card for any form."""

from __future__ import annotations

from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from django.views.i18n import set_language

from tinhso.kernel.people import actions
from tinhso.kernel.people.forms import ContactForm
from tinhso.kernel.people.models import Account, Position
from tinhso.kernel.people.rules import check_identity_number, read_card

LONGEST_CARD = 500


@never_cache
@login_required
@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """All that belongs to one's account, in one list: own things, notices, safety, how the pages look."""
    account = _account(request)
    context = {"account": account, "person": account.person, "second_factor": is_mfa_enabled(account)}
    return render(request, "people/home.html", context)


@never_cache
@login_required
@require_http_methods(["GET", "POST"])
def profile(request: HttpRequest) -> HttpResponse:
    """What is known of me, and the two things I may change myself."""
    account = _account(request)
    person = account.person
    form = ContactForm(request.POST or None, instance=person) if person else None
    if request.method == "POST" and person is not None and form is not None and form.is_valid():
        actions.change_contact(person_id=person.pk, by=request.actor, **form.cleaned_data)  # type: ignore[attr-defined]
        return HttpResponseRedirect(reverse("account_details"))
    context = _known_of(account) | {"form": form, "has_errors": bool(form and form.errors)}
    return render(request, "people/profile.html", context, status=422 if context["has_errors"] else 200)


def _account(request: HttpRequest) -> Account:
    return Account.objects.select_related("person").get(pk=request.actor.account_id)  # type: ignore[attr-defined]


def _known_of(account: Account) -> dict[str, Any]:
    held = Position.objects.valid_on(timezone.localdate()).filter(account=account)
    addresses = EmailAddress.objects.filter(user=account, email__iexact=account.email, verified=True)
    return {
        "account": account,
        "person": account.person,
        "businesses": account.person.businesses.order_by("name") if account.person else (),
        "positions": held.select_related("unit").order_by("-is_main", "id"),
        "address_confirmed": addresses.exists(),
    }


def switch_language(request: HttpRequest) -> HttpResponseBase:
    """Django's own switch, by cookie; who is signed in finds the language again on other devices."""
    response = set_language(request)
    chosen = request.POST.get("language", "")
    if request.method == "POST" and chosen in dict(settings.LANGUAGES) and request.user.is_authenticated:
        actions.speak(language=chosen, by=request.actor)  # type: ignore[attr-defined]
    return response


@require_POST
def read_card_text(request: HttpRequest) -> JsonResponse:
    """The fields of a scanned card, as JSON. Keeps nothing and looks nobody up."""
    card = read_card(request.POST.get("text", "")[:LONGEST_CARD])
    if card is None:
        detail = _("Không đọc được mã QR này. Quét mã trên căn cước, hoặc nhập từng mục.")
        return JsonResponse({"code": "people.card", "detail": detail}, status=422)
    check = check_identity_number(card.identity_number, born_on=card.born_on, is_female=card.is_female)
    return JsonResponse(
        {
            "identity_number": card.identity_number,
            "old_number": card.old_number,
            "full_name": card.full_name,
            "born_on": card.born_on,
            "is_female": card.is_female,
            "address": card.address,
            "issued_on": card.issued_on,
            "warnings": list(check.warnings),
        }
    )
