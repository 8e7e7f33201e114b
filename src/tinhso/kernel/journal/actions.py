"""Writing history: append an entry, anchor a day, note who looked."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.db import connection, transaction

from tinhso.kernel.journal import rules
from tinhso.kernel.journal.models import Anchor, Entry
from tinhso.kernel.manifest import registry
from tinhso.kernel.people.rules import Actor
from tinhso.kernel.statements import Statement, insert, insert_all, together

log = logging.getLogger(__name__)


def append(
    *,
    verb: str,
    by: Actor,
    at: datetime,
    head: rules.Head,
    data: Mapping[str, Any],
    case_id: int | None = None,
    subject: str = "",
    unit_id: int | None = None,
) -> Entry:
    """Write the next entry of a chain whose end the caller holds under lock, and wake its followers."""
    entry = compose(verb=verb, by=by, at=at, head=head, data=data, case_id=case_id, subject=subject, unit_id=unit_id)
    return write(entry)


def compose(
    *,
    verb: str,
    by: Actor,
    at: datetime,
    head: rules.Head,
    data: Mapping[str, Any],
    case_id: int | None = None,
    subject: str = "",
    unit_id: int | None = None,
) -> Entry:
    """The next entry of a chain, sealed but not yet written.

    Raises KeyError for a verb that no module declares: such an entry would have no sentence.
    """
    if verb not in registry.entries:
        raise KeyError(f"no module declares the journal entry {verb!r}")
    chain = f"case/{case_id}" if case_id else subject
    salt = rules.new_salt()
    said, personal = rules.apart(data, registry.entries[verb].personal, salt)
    return Entry(
        case_id=case_id,
        subject=subject,
        seq=head.seq + 1,
        verb=verb,
        at=at,
        actor_id=by.account_id,
        actor_name=by.name,
        unit_id=unit_id if unit_id is not None else by.unit_id,
        data=said,
        personal=personal,
        salt=salt if personal else None,
        hash=rules.seal(head.hash, chain=chain, seq=head.seq + 1, verb=verb, at=at, actor_id=by.account_id, data=said),
    )


_WAKE = """
select written.id, procrastinate_defer_jobs_v1(array[row(
    %s, %s, %s, %s, null, jsonb_build_object('entry_id', written.id), null
)::procrastinate_job_to_defer_v1]) from written
"""


def write(entry: Entry, *beside: Statement) -> Entry:
    """Write a composed entry, wake its followers and do what stands ``beside`` it: one statement.

    The followers run once all is committed, in the order of the chain."""
    from tinhso.kernel.journal.jobs import follow

    wake = Statement(_WAKE, (follow.queue, follow.name, follow.priority, entry.chain))
    others = {f"beside_{number}": one for number, one in enumerate(beside)}
    row = together({"written": insert(entry), **others}, wake).run()
    entry.pk = row[0] if row else None
    return entry


_WAKE_ALL = """
select procrastinate_defer_jobs_v1(array_agg(row(
    %s, %s, %s, 'case/' || written.case_id, null, jsonb_build_object('entry_id', written.id), null
)::procrastinate_job_to_defer_v1 order by written.id)) from written having count(*) > 0
"""


def write_all(entries: Sequence[Entry]) -> None:
    """Write composed entries about cases, each of another one, and wake their followers: one statement."""
    from tinhso.kernel.journal.jobs import follow

    put = insert_all(Entry, entries)
    written = Statement(f"{put.sql} returning id, case_id", put.values)
    together({"written": written}, Statement(_WAKE_ALL, (follow.queue, follow.name, follow.priority))).run()


@transaction.atomic
def note(*, subject: str, verb: str, by: Actor, at: datetime, data: Mapping[str, Any]) -> Entry:
    """Append an entry about something that is not a case, such as a published procedure or a role given."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(hashtextextended(%s, 7))", [subject])
    last = Entry.objects.filter(subject=subject).order_by("-seq").values_list("seq", "hash").first()
    head = rules.Head(last[0], bytes(last[1])) if last else rules.Head()
    return append(verb=verb, by=by, at=at, head=head, data=data, subject=subject)


_ERASE = """
update journal_entry set personal = null, salt = null, erased_by = %(record)s,
    actor_name = case when actor_id in (select id from people_account where not is_official) then %(nameless)s
        else actor_name end
where erased_by = '' and {which}
    and (personal is not null or actor_id in (select id from people_account where not is_official))
"""


def erase_of_cases(case_ids: Sequence[int], *, record: str) -> int:
    """Erase the personal part of the cases' entries, and the names of citizens who acted; returns how many entries.

    ``record`` is the chain that says why, such as ``disposal/7``. Numbers, hashes and anchors stay, and still fit."""
    return _erase("case_id = any(%(which)s)", list(case_ids), record)


def erase_of_subjects(subjects: Sequence[str], *, record: str) -> int:
    """As ``erase_of_cases``, for chains about something that is not a case."""
    return _erase("subject = any(%(which)s)", list(subjects), record)


def _erase(which: str, values: list[Any], record: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(_ERASE.format(which=which), {"record": record, "which": values, "nameless": rules.NAMELESS})
        return int(cursor.rowcount)


def viewed(*, case_id: int, by: Actor, at: datetime, on: date) -> None:
    """Remember that an official saw a file with personal data: one row a person and day, one statement."""
    with connection.cursor() as cursor:
        cursor.execute(
            'insert into journal_view (case_id, account_id, unit_id, "on", first_at, last_at, times)'
            ' values (%s, %s, %s, %s, %s, %s, 1) on conflict (case_id, account_id, "on")'
            " do update set last_at = excluded.last_at, times = journal_view.times + 1",
            [case_id, by.account_id, by.unit_id, on, at, at],
        )


@transaction.atomic
def anchor_up_to(on: date) -> Anchor | None:
    """Seal all entries written before the end of ``on`` that no anchor covers yet; None when there are none.

    An anchor covers a range of entry numbers without gaps: an entry of the next day that got a lower number than the
    last one of ``on`` belongs to it too.

    Run after midnight: entries of transactions still open have higher ids than any committed before them may have,
    so the caller waits a few minutes past the day's end.
    """
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(7001)")
    last = Anchor.objects.order_by("-on").first()
    if last is not None and last.on >= on:
        return None
    fresh = Entry.objects.filter(pk__gt=last.last_id if last else 0)
    end = fresh.filter(at__date__lte=on).order_by("-pk").values_list("pk", flat=True).first()
    if end is None:
        return None
    rows = list(fresh.filter(pk__lte=end).order_by("pk").values_list("pk", "hash"))
    return Anchor.objects.create(
        on=on,
        first_id=rows[0][0],
        last_id=rows[-1][0],
        count=len(rows),
        hash=rules.anchor(bytes(last.hash) if last else rules.NO_HASH, on.isoformat(), (bytes(row[1]) for row in rows)),
    )
