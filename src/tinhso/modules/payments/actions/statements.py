"""Bank statements: taken in, compared with what is known in sets, and what they settle.

A statement is the bank's last word: a booking that no notice told of pays its order as well. Lines travel by COPY into
a temporary table and are compared there, so that a hundred thousand lines take seconds.
"""

from __future__ import annotations

import io
from collections.abc import Iterable
from datetime import datetime
from itertools import chain, islice
from typing import Any

from django.db import connection, transaction

from tinhso.kernel.errors import NotAllowed, NotFound, Refusal
from tinhso.kernel.files import actions as files
from tinhso.kernel.files.models import Attachment
from tinhso.kernel.files.queries import content as files_content
from tinhso.kernel.files.rules import XLSX
from tinhso.kernel.journal import actions as journal
from tinhso.kernel.money.rules import dong
from tinhso.kernel.people.rules import SYSTEM, Actor
from tinhso.modules.payments.models import BankAccount, Statement
from tinhso.modules.payments.queries.sheets import rows_of
from tinhso.modules.payments.rules import Permission, references
from tinhso.modules.payments.rules.statements import (
    FORMATS,
    HEAD_WITHIN,
    Reading,
    StatementLine,
    find_columns,
    read_lines,
)

MOST_FAULTS = 20
_CAME = """
create temporary table came (
    booked_at timestamptz, bank_reference text, amount bigint, content text, reference text, line integer
) on commit drop
"""
_WRITE = """
with known as (
    select distinct on (bank_reference) * from came order by bank_reference, line
), written as (
    insert into payments_transfer (account_id, bank_reference, amount, content, reference, booked_at, told_at,
        order_id, verdict, statement_id, reason)
    select %(account)s, k.bank_reference, k.amount, k.content, k.reference, k.booked_at, %(at)s,
        o.id, case when o.id is null then 'unknown' else 'partial' end, %(statement)s, ''
    from known k left join payments_order o on o.reference = k.reference
    on conflict (account_id, bank_reference) do update
        set statement_id = excluded.statement_id
        where payments_transfer.statement_id is null and payments_transfer.amount = excluded.amount
    returning order_id, (xmax = 0) as is_new
)
select count(*) filter (where is_new), count(*) filter (where not is_new),
    coalesce(array_agg(distinct order_id) filter (where is_new and order_id is not null), '{}')
from written
"""
_DIFFERING = """
select k.bank_reference, t.amount, k.amount
from came k join payments_transfer t on t.account_id = %s and t.bank_reference = k.bank_reference
where t.amount <> k.amount order by k.line limit %s
"""
_REPEATED = "select coalesce(sum(n - 1), 0) from (select count(*) n from came group by bank_reference) g where n > 1"
_RECONCILE = """
update payments_order o set state = 'reconciled', reconciled_at = %(at)s
where o.state = 'paid' and o.method <> 'cash'
  and exists (select 1 from payments_transfer t where t.order_id = o.id and t.statement_id = %(statement)s)
  and not exists (select 1 from payments_transfer t where t.order_id = o.id and t.statement_id is null
                  and t.verdict = 'matched')
"""


@transaction.atomic
def take_in(*, account_id: int, layout: str, content: bytes, name: str, by: Actor, at: datetime) -> Statement:
    """Keep a statement file whose columns fit; a follower of its entry compares it.

    Raises Refusal naming the missing columns before anything is kept."""
    account = BankAccount.objects.filter(pk=account_id).first()
    if account is None:
        raise NotFound
    if not by.may(Permission.RECONCILE, account.unit_id):
        raise NotAllowed
    if layout not in FORMATS:
        raise Refusal("payments.statement_layout", "Chọn mẫu sao kê trong danh sách.", field="layout")
    find_columns(list(islice(rows_of(content, name), HEAD_WITHIN)), FORMATS[layout])
    made = Statement.objects.create(
        account=account,
        attachment=_keep(content, name, by),
        layout=layout,
        imported_at=at,
        imported_by_id=by.account_id,
    )
    journal.note(
        subject=f"payments/{account.code}", verb="payments.statement_taken", by=by, at=at,
        data={"statement": made.pk, "name": made.attachment.name},
    )  # fmt: skip
    return made


def _keep(content: bytes, name: str, by: Actor) -> Attachment:
    if name.lower().endswith(".xlsx"):
        stream = io.BytesIO(content)
        return files.store(
            stream, name=name, by_account_id=by.account_id, purpose="payments.statement", allowed=frozenset({XLSX})
        )
    return files.store_made(content, name=name, purpose="payments.statement", media_type="text/csv")


def compare(*, statement_id: int, at: datetime) -> list[int]:
    """Compare a kept statement with what is known; returns the orders that its new bookings name.

    Repeatable: a statement that was compared is left alone. A file that breaks off is kept as unreadable, with why."""
    statement = Statement.objects.select_related("account", "attachment__blob").get(pk=statement_id)
    if statement.state != Statement.State.WAITING:
        return []
    try:
        return _compared(statement, at)
    except Refusal as refusal:
        statement.state, statement.problem, statement.finished_at = Statement.State.BROKEN, refusal.message[:300], at
        statement.save(update_fields=["state", "problem", "finished_at"])
        return []


@transaction.atomic
def _compared(statement: Statement, at: datetime) -> list[int]:
    reading = Reading()
    layout = FORMATS[statement.layout]
    rows = rows_of(files_content(statement.attachment), statement.attachment.name)
    head = list(islice(rows, HEAD_WITHIN))
    number, columns = find_columns(head, layout)
    lines = read_lines(chain(head[number + 1 :], rows), columns, layout, reading, number + 2)
    with connection.cursor() as cursor:
        cursor.execute("set local statement_timeout = '10min'")
        cursor.execute(_CAME)
        read = _copied(cursor, lines)
        cursor.execute("analyze came")
        found, orders = _written(cursor, statement, at)
        cursor.execute("drop table came")
    statement.counts = {"lines": read, "skipped": reading.skipped, **found}
    statement.counts["faults"] = [*reading.faults, *found.pop("faults")][:MOST_FAULTS]
    statement.counts["broken"] = len(reading.faults)
    statement.state, statement.finished_at = Statement.State.DONE, at
    statement.save(update_fields=["counts", "state", "finished_at"])
    journal.note(
        subject=f"payments/{statement.account.code}", verb="payments.statement_compared", by=SYSTEM, at=at,
        data={"statement": statement.pk, "lines": read, "new": found["new"]},
    )  # fmt: skip
    return orders


def _copied(cursor: Any, lines: Iterable[StatementLine]) -> int:
    """Lines into the temporary table; how many."""
    read = 0
    with cursor.copy("copy came from stdin") as copy:
        for read, line in enumerate(lines, 1):
            reference = references.found_in(line.content)
            copy.write_row((line.booked_at, line.reference, line.amount, line.content, reference, read))
    return read


def _written(cursor: Any, statement: Statement, at: datetime) -> tuple[dict[str, Any], list[int]]:
    values = {"account": statement.account_id, "statement": statement.pk, "at": at}
    cursor.execute(_DIFFERING, [statement.account_id, MOST_FAULTS])
    faults = [
        f"{reference}: ngân hàng đã báo {dong(told)}, sao kê ghi {dong(stated)}."
        for reference, told, stated in cursor.fetchall()
    ]
    cursor.execute(_REPEATED)
    repeated = int(cursor.fetchone()[0])
    cursor.execute(_WRITE, values)
    new, known, orders = cursor.fetchone()
    cursor.execute(_RECONCILE, values)
    found = {"new": new, "known": known, "repeated": repeated, "differing": len(faults), "reconciled": cursor.rowcount}
    return {**found, "faults": faults}, sorted(orders)


@transaction.atomic
def mark_reconciled(*, statement_id: int, at: datetime) -> int:
    """Orders that a statement's own bookings have paid meanwhile are reconciled with it; returns how many."""
    with connection.cursor() as cursor:
        cursor.execute(_RECONCILE, {"statement": statement_id, "at": at})
        return int(cursor.rowcount)
