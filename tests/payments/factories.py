"""An office whose procedure costs 75.000 đ, a demonstration bank account, and people who may touch money."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from tinhso.kernel.journal.models import Entry
from tinhso.kernel.people.queries import actor_of
from tinhso.kernel.people.rules import SYSTEM
from tinhso.kernel.testing import people
from tinhso.kernel.testing.jobs import run_jobs
from tinhso.modules.dossiers.tests.factories import MARITAL, START, Office
from tinhso.modules.payments.actions import tariffs
from tinhso.modules.payments.actions.notices import Taken, take_notice
from tinhso.modules.payments.models import BankAccount, BankNotice, Order, Receipt, Transfer
from tinhso.modules.payments.queries.accounts import secret_of
from tinhso.modules.payments.rules.adapters.base import Told
from tinhso.modules.payments.rules.adapters.demo import BIN, NAME, DemoBank

FEE = 75_000
LINE: dict[str, Any] = {
    "code": "hon-nhan",
    "procedure": MARITAL,
    "name": "Lệ phí xác nhận tình trạng hôn nhân",
    "amount": FEE,
    "basis": "Nghị quyết minh họa",
    "reliefs": [{"code": "ho_ngheo", "percent": 100}],
}


class Till(Office):
    """The office of dossiers, with its fee, its bank account and its cashier, accountant and chief."""

    def __init__(self, **line: Any) -> None:
        super().__init__()
        tariffs.publish(
            code="minh-hoa", name="Biểu phí minh họa", content={"lines": [{**LINE, **line}], "is_demonstration": True},
            legal_source="Nghị quyết minh họa", valid_from=date(2026, 1, 1), by=SYSTEM, at=START, rank=0,
        )  # fmt: skip
        self.account = BankAccount.objects.create(
            code="minh-hoa", unit=self.province.root, bank_bin=BIN, bank_name=NAME, number="9990000000001",
            holder="KHO BAC MINH HOA", adapter="demo", statement_format="demo", is_demonstration=True,
        )  # fmt: skip
        here, root = self.province.commune, self.province.root
        self.accounts |= {
            "cashier": people.official("cashier", self.province.shop, "payments.cashier"),
            "accountant": people.official("accountant", root, "payments.accountant"),
            "chief": people.official("chief", root, "payments.chief"),
            "cashier_elsewhere": people.official("cashier2", self.province.other, "payments.accountant"),
            "tariff": people.official("tariff", here, "payments.tariffs"),
        }

    def asked(self, at: datetime = START) -> Order:
        """Lan filed; the fee is asked for."""
        dossier = self.filed(at)
        run_jobs()
        return Order.objects.get(case_id=dossier.pk)

    def told(self, order: Order | None, amount: int = FEE, *, number: int = 1, **more: Any) -> Told:
        values: dict[str, Any] = {
            "notice_id": f"N{number}",
            "bank_reference": f"FT{number:06d}",
            "account": self.account.number,
            "amount": amount,
            "content": f"MBVCB.{number}.{order.reference if order else 'cam on'}.CT tu 0123",
            "booked_at": START + timedelta(hours=1),
        }
        return Told(**{**values, **more})

    def send(self, told: Told, *, at: datetime | None = None, headers: dict[str, str] | None = None) -> Taken:
        """The bank sends its signed notice."""
        moment = at or told.booked_at
        signed, body = DemoBank().compose(told, secret=secret_of(self.account), at=moment)
        return take_notice(account_code=self.account.code, headers=headers or signed, body=body, at=moment)

    def pay(self, order: Order, amount: int = FEE, *, number: int = 1, **more: Any) -> Order:
        """The bank tells of money for the order; what follows runs."""
        self.send(self.told(order, amount, number=number, **more))
        run_jobs()
        order.refresh_from_db()
        return order


__all__ = ["FEE", "START", "Till", "actor_of"]


def verdicts(order: Order) -> list[str]:
    return list(order.transfers.order_by("booked_at", "id").values_list("verdict", flat=True))


def rows() -> list[object]:
    """All that money can change, to be compared before and after a refusal."""
    return [list(model.objects.order_by("pk").values()) for model in (Order, Transfer, BankNotice, Receipt, Entry)]
