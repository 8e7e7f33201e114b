"""A little of everything for a showing: tariffs, a demonstration account, some paid, one that does not fit, receipts.

Everything is marked as demonstration: the bank's number belongs to no bank, receipts say that they prove nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db import connection, transaction
from django.utils import timezone

from tinhso.kernel.cases.models import Case
from tinhso.kernel.journal.jobs import follow
from tinhso.kernel.journal.models import Entry
from tinhso.kernel.people.models import Account, Grant, Position
from tinhso.kernel.people.queries import actor_of
from tinhso.kernel.people.rules import SYSTEM
from tinhso.kernel.seeds import seed
from tinhso.kernel.units.queries import tree
from tinhso.modules.payments.actions import notices, orders, tariffs
from tinhso.modules.payments.actions.orders import CODE_LIVES
from tinhso.modules.payments.models import BankAccount, Order
from tinhso.modules.payments.queries.accounts import secret_of
from tinhso.modules.payments.rules.adapters.base import Told
from tinhso.modules.payments.rules.adapters.demo import BIN, NAME, DemoBank

HOME, SINCE = "xa-25459", date(2025, 7, 1)
MOST, PAID, AT_COUNTER = 24, 0.5, 0.2  # shares of the orders asked for
PEOPLE = (
    ("ketoan", "Kế toán (minh họa)", "Kế toán", "payments.accountant"),
    ("ketoantruong", "Phụ trách kế toán (minh họa)", "Phụ trách kế toán", "payments.chief"),
)


def demo(at: datetime | None = None, **_more: Any) -> None:
    """Asked again it changes nothing."""
    if settings.PRODUCTION or BankAccount.objects.filter(is_demonstration=True).exists():
        return
    now = at or timezone.now()
    first = Entry.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    with transaction.atomic():
        tariffs.run_import(seed("tinhso.modules.payments", "tariffs.yaml"), dry_run=False, by=SYSTEM, at=now)
        account = _open_account()
        _employ(now)
        asked = list(_ask(now))
    _pay(account, asked, now)
    _follow(first)


def _open_account() -> BankAccount:
    root = tree().root_ids[0]
    made = BankAccount.objects.create(
        code="minh-hoa", unit_id=root, bank_bin=BIN, bank_name=NAME, number="9990000000001",
        holder="KHO BAC MINH HOA", adapter="demo", statement_format="demo", is_demonstration=True,
    )  # fmt: skip
    Order.objects.filter(account__isnull=True).open().update(account=made)
    return made


def _employ(now: datetime) -> None:
    """The one-stop shop's clerk collects; an accountant and the one who approves work for the whole province."""
    root, day = tree().root_ids[0], min(SINCE, timezone.localdate(now))
    for username, name, title, role in PEOPLE:
        account, is_new = Account.objects.get_or_create(
            username=username,
            defaults={
                "display_name": name, "is_official": True, "is_demonstration": True,
                "password": make_password(settings.DEMONSTRATION_PASSWORD),
            },
        )  # fmt: skip
        if is_new:
            Position.objects.create(account=account, unit_id=root, title=title, begins_on=day)
            Grant.objects.create(account=account, role=role, unit_id=root, begins_on=day)
    clerk = Account.objects.filter(username="canbo.motcua", is_demonstration=True).first()
    commune = tree().by_code.get(HOME)
    if clerk is not None and commune is not None:
        Grant.objects.create(account=clerk, role="payments.cashier", unit_id=commune.id, begins_on=day)


def _ask(now: datetime) -> Iterator[Order]:
    """The fee of the latest dossiers of the demonstration's commune that have one and are not closed."""
    commune = tree().by_code.get(HOME)
    if commune is None:
        return
    rows = Case.objects.filter(kind="dossier", unit_id=commune.id, phase__lt=3)
    found = 0
    for case_id, opened_at in list(rows.order_by("-opened_at").values_list("pk", "opened_at")[:400]):
        order = orders.request_fee(
            case_id=case_id, key=f"fee-{case_id}", by=SYSTEM, at=max(opened_at, now - CODE_LIVES / 2)
        )
        if order is not None and order.state == "requested":
            found += 1
            yield order
        if found >= MOST:
            return


def _pay(account: BankAccount, asked: list[Order], now: datetime) -> None:
    """Most by transfer, some in cash, one too little, one twice, one without a readable content."""
    clerk = Account.objects.filter(username="canbo.motcua").first()
    paid, counter = int(len(asked) * PAID), int(len(asked) * (PAID + AT_COUNTER))
    for number, order in enumerate(asked):
        told = _told(account, order, number, now - timedelta(hours=30 - number))
        if number < paid:
            _send(account, told)
        elif number < counter and clerk is not None:
            orders.collect_noted(order_id=order.pk, by=actor_of(clerk), at=told.booked_at)
        elif number == counter:
            _send(account, replace(told, amount=max(1_000, order.amount - 5_000)))
    if asked:
        again = _told(account, asked[0], 90, now - timedelta(hours=5))
        _send(account, again)
    stray = Told("MH-91", "MH000091", account.number, 50_000, "nop tien ho so", now - timedelta(hours=4))
    _send(account, stray)


def _told(account: BankAccount, order: Order, number: int, at: datetime) -> Told:
    content = f"MBVCB.{number:04d}.{order.reference}.CT tu 0999 toi {account.number}"
    return Told(f"MH-{number}", f"MH{number:06d}", account.number, order.amount, content, max(at, order.requested_at))


def _send(account: BankAccount, told: Told) -> None:
    headers, body = DemoBank().compose(told, secret=secret_of(account), at=told.booked_at)
    notices.take_notice(account_code=account.code, headers=headers, body=body, at=told.booked_at)


def _follow(first: int) -> None:
    """Count, tell and write receipts now instead of waiting for a worker, and take the jobs off the queue."""
    done: list[int] = []
    mine = Entry.objects.filter(pk__gt=first).order_by("pk").values_list("pk", flat=True)
    while fresh := list(mine.exclude(pk__in=done)):
        for entry_id in fresh:
            follow(entry_id=entry_id)
        done += fresh
    with connection.cursor() as cursor:
        cursor.execute(
            "delete from procrastinate_jobs where task_name = 'journal.follow' and status = 'todo'"
            " and (args ->> 'entry_id')::bigint = any(%s)",
            [done],
        )
