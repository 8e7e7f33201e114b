"""Money: ``python -m bench.payments [--lines 100k]``, and the operation “pay (bank notice)” for ``bench.operations``.

A statement is compared with as many bookings: 95 % were told by notices before, 4 % pay orders of which no notice told,
1 % name no order. Wanted: 5,000 lines a second. Notices are signed as the demonstration bank signs them.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from bench.ground import database, number, province, room, written

if TYPE_CHECKING:
    from bench.loading import Ask
    from bench.operations import Operation, World

WANTED_A_SECOND = 5_000
CODE, NUMBER, FEE = "do-tai", "9990000000099", 75_000
ORDERS = 500
_PAID = """
insert into payments_order (case_id, purpose, state, reference, request_key, amount, received, quote, counts, relief,
    relief_note, title, procedure_code, field, channel, branch, payer_name, payer_address, unit_id, received_unit_id,
    account_id, requested_at, expires_at, paid_at, method, note)
select %(case)s, 'fee', 'paid', 'TS26' || lpad(n::text, 9, '0') || 'A', 'bench-' || n, 75000, 75000, '{}', '{}', '',
    '', 'Phí đo tải', '', '', '', '', 'Đo tải', '', %(unit)s, %(unit)s, %(account)s, %(at)s, %(at)s, %(at)s,
    'transfer', ''
from generate_series(1, %(number)s) n
"""
_TOLD = """
insert into payments_transfer (account_id, bank_reference, amount, content, reference, booked_at, told_at, order_id,
    verdict, reason)
select o.account_id, 'FT' || substr(o.request_key, 7), 75000, o.reference, o.reference, o.paid_at, o.paid_at, o.id,
    'matched', ''
from payments_order o where o.request_key like 'bench-%%' and o.account_id = %s
"""


def main() -> int:
    parser = argparse.ArgumentParser(prog="bench.payments", description=__doc__)
    parser.add_argument("--lines", default="100k", help="lines of the statement")
    asked = parser.parse_args()
    with room() as home, database(home):
        found = measure(number(asked.lines))
    for name, one in found.items():
        print(f"{name:>22} {one['number']:>8,} in {one['seconds']:7.1f} s  {one['a_second']:8.0f} a second")
    written(found, "payments")
    return 0 if found["compared"]["a_second"] >= WANTED_A_SECOND else 1


def measure(lines: int) -> dict[str, Any]:
    """Notices one by one, then the statement as CSV and as XLSX, then the orders that it pays."""
    from django.utils import timezone

    from tinhso.kernel.units.queries import tree
    from tinhso.modules.payments.actions import notices

    province()
    at = timezone.now()
    account = open_account(tree().root_ids[0])
    unit = next(node.id for node in tree().nodes.values() if node.code == "xa-25459")
    asked = list(ask_for(make_cases(unit, ORDERS + lines * 4 // 100, at), at))
    signed = [message(account.code, reference, n, timezone.now()) for n, reference in enumerate(asked[:ORDERS])]

    def take() -> int:
        for headers, body in signed:
            notices.take_notice(account_code=account.code, headers=headers, body=body, at=timezone.now())
        return len(signed)

    found = {"notices taken": _timed(take)}
    statement = _statement(account, asked[ORDERS:], lines, unit, at)
    return found | _compared(account, statement, at)


def _timed(work: Callable[[], int]) -> dict[str, float]:
    begin = time.perf_counter()
    done = work()
    seconds = time.perf_counter() - begin
    return {"number": done, "seconds": round(seconds, 2), "a_second": round(done / seconds, 1)}


def open_account(unit_id: int) -> Any:
    from tinhso.modules.payments.models import BankAccount
    from tinhso.modules.payments.rules.adapters.demo import BIN, NAME

    return BankAccount.objects.get_or_create(
        code=CODE,
        defaults={
            "unit_id": unit_id, "bank_bin": BIN, "bank_name": NAME, "number": NUMBER, "holder": "DO TAI",
            "adapter": "demo", "statement_format": "demo", "is_demonstration": True,
        },
    )[0]  # fmt: skip


def make_cases(unit_id: int, number: int, at: datetime) -> Iterator[int]:
    """Bare cases that orders can point to."""
    from django.db import transaction

    from tinhso.kernel.cases import actions as cases
    from tinhso.kernel.people.rules import SYSTEM
    from tinhso.modules.dossiers.rules import DOSSIER

    with transaction.atomic():
        for n in range(number):
            new = cases.NewCase(
                kind=DOSSIER, number=f"DO-TAI-{n:06d}", title="Đo tải", state="filed", unit_id=unit_id,
                received_unit_id=unit_id, applicant="Đo tải",
            )  # fmt: skip
            yield cases.open_case(new, verb="dossier.file", by=SYSTEM, at=at, data={"code": new.number}).pk


def ask_for(case_ids: Iterator[int], at: datetime) -> Iterator[str]:
    """One open order a case; their references. Those that an earlier run left open are used up first."""
    from django.db import transaction

    from tinhso.kernel.people.rules import SYSTEM
    from tinhso.modules.payments.actions import orders
    from tinhso.modules.payments.models import Order
    from tinhso.modules.payments.rules.words import Purpose

    left = dict(Order.objects.open().filter(purpose=Purpose.FINANCE).values_list("case_id", "reference"))
    with transaction.atomic():
        for case_id in case_ids:
            if case_id in left:
                yield left[case_id]
                continue
            asked = orders.Asked(Purpose.FINANCE, FEE, "Phí đo tải", f"do-tai-{case_id}-{at:%y%m%d%H%M%S}")
            yield orders.request(case_id=case_id, asked=asked, by=SYSTEM, at=at).reference


def message(account_code: str, reference: str, number: int, at: datetime) -> tuple[dict[str, str], bytes]:
    """What the demonstration bank sends for one payment."""
    from tinhso.modules.payments.models import BankAccount
    from tinhso.modules.payments.queries.accounts import secret_of
    from tinhso.modules.payments.rules.adapters.base import Told
    from tinhso.modules.payments.rules.adapters.demo import DemoBank

    account = BankAccount(code=account_code, is_demonstration=True)
    content = f"MBVCB.{number}.{reference}.CT tu 0123"
    name = f"DT{number}-{at:%y%m%d%H%M%S%f}"
    told = Told(name, name, NUMBER, FEE, content, at)
    return DemoBank().compose(told, secret=secret_of(account), at=at)


def _statement(account: Any, open_references: list[str], lines: int, unit_id: int, at: datetime) -> str:
    """The statement as CSV; the bookings that were told before are written to the database."""
    from django.db import connection

    from tinhso.kernel.cases.models import Case

    known = lines - len(open_references) - lines // 100
    with connection.cursor() as cursor:
        case = Case.objects.order_by("id").values_list("pk", flat=True)[0]
        cursor.execute(_PAID, {"case": case, "unit": unit_id, "account": account.pk, "at": at, "number": known})
        cursor.execute(_TOLD, [account.pk])
        cursor.execute("analyze payments_order, payments_transfer")
    booked = f"{at + timedelta(minutes=1):%d/%m/%Y %H:%M:%S}"
    rows = ["Thời điểm;Mã giao dịch;Có;Nội dung chuyển tiền"]
    rows += [f"{booked};FT{n};75.000;MBVCB.{n}.TS26{n:09d}A.CT tu 0123" for n in range(1, known + 1)]
    rows += [f"{booked};NEW{n};75.000;QR {one}" for n, one in enumerate(open_references)]
    rows += [f"{booked};XX{n};50.000;nop tien {n}" for n in range(lines // 100)]
    return "\n".join(rows)


def _compared(account: Any, csv: str, at: datetime) -> dict[str, Any]:
    from tinhso.kernel.people.rules import SYSTEM
    from tinhso.modules.payments.actions import statements, transfers

    lines = csv.count("\n")
    taken = statements.take_in(
        account_id=account.pk, layout="demo", content=csv.encode(), name="do-tai.csv", by=SYSTEM, at=at
    )
    named: list[int] = []

    def compare() -> int:
        named.extend(statements.compare(statement_id=taken.pk, at=at))
        return lines

    def settle() -> int:
        for order_id in named:
            transfers.settle(order_id=order_id, by=SYSTEM, at=at)
        statements.mark_reconciled(statement_id=taken.pk, at=at)
        return len(named)

    return {"compared": _timed(compare), "settled": _timed(settle)}


def pay_notice(world: World) -> Operation:
    """A bank's notice pays an order, over HTTP. The bare program files a dossier: number, row, sealed entry, job."""
    from bench.loading import Ask
    from bench.operations import WRITE, Operation

    references: list[str] = []
    left: list[Iterator[tuple[int, str]]] = []

    def prepare(_: Any) -> None:
        from tinhso.kernel.cases.models import Case
        from tinhso.kernel.units.queries import tree

        open_account(tree().root_ids[0])
        cases = Case.objects.filter(kind="dossier").order_by("-id")
        references[:] = ask_for(iter(cases.values_list("pk", flat=True)[:ORDERS]), world.at)

    def ask() -> Ask | None:
        from django.utils import timezone

        if not left:
            left.append(iter(enumerate(references)))
        found = next(left[0], None)
        if found is None:
            return None
        headers, body = message(CODE, found[1], found[0], timezone.now())
        way = f"/api/v1/payments/bank-notices/{CODE}"
        return Ask(way, "POST", body, {**headers, "Content-Type": "application/json"})

    def bare() -> Ask:
        return Ask(f"/file?unit={world.unit_id}", "POST", b"{}")

    return Operation("pay (bank notice)", WRITE, ask, bare, prepare)


if __name__ == "__main__":
    sys.exit(main())
