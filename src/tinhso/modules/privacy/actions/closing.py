"""Closing one's own account; and forgetting whose it was when the time for that is over."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.db import transaction
from django.db.models import F

from tinhso.kernel.cases.models import Case
from tinhso.kernel.errors import NotAllowed, Refusal
from tinhso.kernel.identity.models import Identity
from tinhso.kernel.journal.actions import erase_of_subjects, note
from tinhso.kernel.journal.rules import NAMELESS
from tinhso.kernel.keeping import forget_cases
from tinhso.kernel.mandates import actions as mandates
from tinhso.kernel.mandates.models import Mandate
from tinhso.kernel.mandates.rules import Status
from tinhso.kernel.manifest import Fate, Retained, Spared, Subject, registry
from tinhso.kernel.people.models import Account, Person
from tinhso.kernel.people.rules import Actor
from tinhso.modules.privacy.models import Closing, Request


@transaction.atomic
def close_account(*, by: Actor, at: datetime) -> Closing:
    """Close one's own account: all its sessions end, it opens no more, and with it end its mandates, what it shared and
    followed, and its links.

    Raises NotAllowed for officials, Refusal ``privacy.open_cases`` while something of theirs is being worked on."""
    if by.account_id is None or by.is_official:
        raise NotAllowed
    account = Account.objects.select_for_update(of=("self",)).get(pk=by.account_id)
    waiting = Case.objects.filter(owner=account).working().count()
    if waiting:
        raise Refusal(
            "privacy.open_cases",
            f"Bạn còn {waiting} việc đang được giải quyết. Đợi có kết quả hoặc rút trước khi đóng tài khoản.",
        )
    held = Mandate.objects.filter(holder=account, status__in=(Status.ASKED, Status.CONFIRMED))
    for mandate_id in held.values_list("pk", flat=True):
        mandates.revoke(mandate_id=mandate_id, by=by, at=at)
    Identity.objects.filter(account=account).delete()
    for one in registry.holdings.values():
        if one.on_close is not None:
            one.on_close(Subject(account.pk, account.person_id), by=by, at=at)
    Account.objects.filter(pk=account.pk).update(
        is_active=False, sessions_version=F("sessions_version") + 1, rights_version=F("rights_version") + 1
    )
    note(subject=f"account/{account.pk}", verb="privacy.close", by=by, at=at, data={"account": account.pk})
    return Closing.objects.create(account=account, closed_at=at)


def _accounts_due(before: datetime, spared: Spared) -> Any:
    rows = Closing.objects.filter(closed_at__lt=before, forgotten_at__isnull=True)
    return spared.leave_out(rows, person="account__person_id")


def _end_accounts(ids: Sequence[int], *, record: str, at: datetime) -> None:
    closings = Closing.objects.filter(pk__in=ids)
    for account in Account.objects.filter(pk__in=closings.values("account_id")).select_related("person"):
        EmailAddress.objects.filter(user=account).delete()
        Authenticator.objects.filter(user=account).delete()
        account.username, account.display_name, account.email = f"da-dong-{account.pk}", NAMELESS, ""
        account.set_unusable_password()
        account.save(update_fields=["username", "display_name", "email", "password"])
        Person.objects.filter(pk=account.person_id or 0).update(
            full_name=NAMELESS, identity_number=None, declared_number="", born_on=None, is_female=None, address="",
            phone="", email="", commune=None,
        )  # fmt: skip
        erase_of_subjects([f"account/{account.pk}", f"person/{account.person_id}"], record=record)
    closings.update(forgotten_at=at)


def _requests_due(before: datetime, spared: Spared) -> Any:
    rows = Request.objects.filter(case__settled_at__lt=before).exclude(text="")
    return spared.leave_out(rows, case="case_id", person="account__person_id")


def _end_requests(ids: Sequence[int], *, record: str, at: datetime) -> None:
    Request.objects.filter(pk__in=ids).update(text="", answer="")
    forget_cases(list(ids), record=record)


RETAINED = (
    Retained(
        "privacy.accounts", "Tài khoản đã đóng", "ngày đóng", Fate.ANONYMISE, _accounts_due, _end_accounts
    ),
    Retained(
        "privacy.requests", "Yêu cầu về dữ liệu cá nhân", "ngày giải quyết xong", Fate.ANONYMISE, _requests_due,
        _end_requests,
    ),
)  # fmt: skip
