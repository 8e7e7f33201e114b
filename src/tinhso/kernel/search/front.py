"""The front of a large shelf: the few thousand rows most looked for, asked before the rest.

Where tens of thousands of rows hold the words asked for, those most looked for are the ones wanted, and a search costs
as much as the front is deep. The front has a word index of its own.
"""

from __future__ import annotations

from django.db import connection, transaction

from tinhso.kernel.search.models import Shelved

FRONT_ROWS = 8192
LARGE = 2 * FRONT_ROWS  # rows from which a collection is asked from its front


@transaction.atomic
def arrange(model: type[Shelved]) -> int:
    """Put into the front what is most looked for now, and the rest behind it; how many rows moved.

    Rows that somebody changes meanwhile keep their place until the next time.
    """
    table = connection.ops.quote_name(model._meta.db_table)
    best, values = (
        model._default_manager.filter(words__isnull=False)
        .order_by(*model.most_looked_for)
        .values_list("pk")[:FRONT_ROWS]
        .query.sql_with_params()
    )
    with connection.cursor() as cursor:
        cursor.execute("set local statement_timeout = '15min'")
        cursor.execute(
            f"update {table} row set is_in_front = not is_in_front from (select here.id"  # noqa: S608
            f" from {table} here left join ({best}) best (id) on best.id = here.id"
            " where here.is_in_front <> (best.id is not null)"
            " order by here.id for update of here skip locked) moved where moved.id = row.id",
            values,
        )
        return cursor.rowcount
