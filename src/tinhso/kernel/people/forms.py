"""What a person types about themselves: at sign-up, and later in their profile."""

from __future__ import annotations

import unicodedata
from typing import Any

from allauth.account.forms import LoginForm, SignupForm
from django import forms
from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from tinhso.kernel.people import actions
from tinhso.kernel.people.models import Account, Person
from tinhso.kernel.people.rules import CardText, check_identity_number, phone_number, read_card


def plain_name(text: str) -> str:
    """A name as kept: composed letters, single spaces."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def clean_phone_text(text: str) -> str:
    """The number in E.164 form, or empty. Raises a form error for what is no Vietnamese number."""
    if not text.strip():
        return ""
    number = phone_number(text)
    if number is None:
        raise forms.ValidationError(_("Nhập số điện thoại Việt Nam, ví dụ 0912 345 678."), code="phone")
    return number


class SignInForm(LoginForm):
    """User name and password; one can type at once, until something has to be read first."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.is_bound:
            self.fields["login"].widget.attrs["autofocus"] = True


class SignUpForm(SignupForm):
    """Full name, identity number, card text, phone, e-mail, user name, password.

    The identity number is declared, not proven: it is kept as ``declared_number`` and links this account to nothing.
    Whoever comes to the counter with the card, or signs in with the national e-ID, gets it proven there. So nobody
    reaches another's files by typing their number, nobody can take a number away from its owner, and the page answers
    the same whether a number is known or not.
    """

    field_order = (
        "card_text",
        "full_name",
        "identity_number",
        "phone",
        "email",
        "username",
        "password1",
        "password2",
    )

    full_name = forms.CharField(
        label=_("Họ và tên"),
        max_length=120,
        required=False,
        help_text=_("Đúng như trên căn cước."),
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    identity_number = forms.CharField(
        label=_("Số định danh cá nhân (không bắt buộc)"),
        max_length=12,
        required=False,
        help_text=_("12 chữ số trên căn cước. Cán bộ sẽ đối chiếu khi bạn đến nộp hồ sơ lần đầu."),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
    card_text = forms.CharField(
        label=_("Nội dung mã QR trên căn cước (không bắt buộc)"),
        max_length=500,
        required=False,
        help_text=_("Quét mã QR trên thẻ để khỏi phải gõ."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    phone = forms.CharField(
        label=_("Số điện thoại (không bắt buộc)"),
        max_length=20,
        required=False,
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.card: CardText | None = None
        self.fields["username"].label = _("Tên đăng nhập")
        self.fields["username"].help_text = _("Chữ không dấu và số; có thể dùng số điện thoại.")

    def clean_card_text(self) -> str:
        text = self.cleaned_data["card_text"].strip()
        if text:
            self.card = read_card(text)
            if self.card is None:
                raise forms.ValidationError(
                    _("Không đọc được mã QR này. Quét mã trên căn cước, hoặc nhập từng mục."), code="card"
                )
        return text

    def clean_full_name(self) -> str:
        return plain_name(self.cleaned_data["full_name"])

    def clean_phone(self) -> str:
        return clean_phone_text(self.cleaned_data["phone"])

    def clean_identity_number(self) -> str:
        number = "".join(self.cleaned_data["identity_number"].split())
        if number and not check_identity_number(number).valid:
            raise forms.ValidationError(_("Nhập đủ 12 chữ số của số định danh cá nhân."), code="identity_number")
        return number

    def clean(self) -> dict[str, Any]:
        super().clean()
        said = self.cleaned_data
        if self.card is not None:
            said["full_name"] = said.get("full_name") or plain_name(self.card.full_name)
            said["identity_number"] = said.get("identity_number") or self.card.identity_number
        if not said.get("full_name") and "full_name" not in self.errors:
            self.add_error("full_name", forms.ValidationError(_("Nhập họ và tên của bạn."), code="required"))
        return said

    @transaction.atomic
    def save(self, request: HttpRequest) -> Account:
        return super().save(request)

    def custom_signup(self, request: HttpRequest, user: Account) -> None:
        said, card = self.cleaned_data, self.card
        known: dict[str, Any] = {}
        if card is not None and card.identity_number == said["identity_number"]:
            known = {"born_on": card.born_on, "is_female": card.is_female, "address": card.address}
        actions.sign_up(
            account=user,
            full_name=said["full_name"],
            declared_number=said["identity_number"],
            phone=said["phone"],
            email=said.get("email") or "",
            **known,
        )


class ContactForm(forms.ModelForm):
    """What a person may change about themselves without showing a card."""

    class Meta:
        model = Person
        fields = ("phone", "address")
        labels = {"phone": _("Số điện thoại"), "address": _("Nơi ở hiện tại")}

    def clean_phone(self) -> str:
        return clean_phone_text(self.cleaned_data["phone"])
