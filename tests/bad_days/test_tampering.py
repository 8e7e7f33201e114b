"""History altered behind the program's back, with the database's own guard switched off, is found by the doctor."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date

import pytest
from django.db import DatabaseError, connection, transaction
from tests import world as making

from tinhso.config.cli import checks
from tinhso.kernel.journal.models import Entry

pytestmark = [pytest.mark.bad_day, pytest.mark.slow, pytest.mark.django_db]


@pytest.fixture
def world() -> making.World:
    world = making.build()
    making.Course(world).take()
    return world


@contextmanager
def _guard_off() -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute("set constraints all immediate")
        cursor.execute("alter table journal_entry disable trigger user")
        yield
        cursor.execute("alter table journal_entry enable trigger user")


def _run(sql: str) -> Callable[[], None]:
    def change() -> None:
        with connection.cursor() as cursor:
            cursor.execute(sql)
            assert cursor.rowcount > 0

    return change


_LAST = "(select max(id) from journal_entry)"
_FIRST = "(select min(id) from journal_entry where case_id is not null)"
DEEDS = {
    "another text": f'update journal_entry set data = data || \'{{"channel": "direct"}}\' where id = {_FIRST}',
    "another moment": f"update journal_entry set at = at - interval '1 day' where id = {_LAST}",
    "another actor": f"update journal_entry set actor_id = null where id = {_LAST}",
    "another verb": f"update journal_entry set verb = 'dossier.note' where id = {_LAST}",
    "another seal": f"update journal_entry set hash = decode(repeat('00', 32), 'hex') where id = {_LAST}",
    "an entry in the middle gone": f"delete from journal_entry where id = {_LAST} - 1",
    "the last entry gone": f"delete from journal_entry where id = {_LAST}",
    "another state of the case": "update cases_case set state = 'finished'",
    "a case that forgot its last entry": "update cases_case set journal_seq = journal_seq - 1",
}


def _levels() -> list[str]:
    return [finding.level for finding in checks.journal()]


@pytest.mark.parametrize("deed", DEEDS)
def test_the_doctor_finds(deed: str, world: making.World) -> None:
    assert _levels() == ["ok"]
    with _guard_off():
        _run(DEEDS[deed])()
    assert _levels() == ["bad"]


def test_a_whole_day_rewritten_is_found_by_the_anchor_of_that_day(world: making.World) -> None:
    """Whoever recomputes all seals of a chain still cannot recompute the anchors that were published."""
    from tinhso.kernel.journal.actions import anchor_up_to
    from tinhso.kernel.journal.rules import NO_HASH, seal

    anchor_up_to(world_day(world))
    entries = list(Entry.objects.filter(case__isnull=False).order_by("seq"))
    with _guard_off(), connection.cursor() as cursor:
        previous = NO_HASH
        for one in entries:
            data = {**one.data, "note": "viết lại"}
            previous = seal(previous, chain=one.chain, seq=one.seq, verb=one.verb, at=one.at, actor_id=one.actor_id,
                            data=data)  # fmt: skip
            cursor.execute("update journal_entry set data = data || %s, hash = %s where id = %s",
                           ['{"note": "viết lại"}', previous, one.pk])  # fmt: skip
        cursor.execute("update cases_case set journal_hash = %s", [previous])
    assert _levels() == ["bad"]


def world_day(world: making.World) -> date:
    return making.AT.date()


@pytest.mark.parametrize("sql", ["update journal_entry set verb = verb", "delete from journal_entry"])
def test_the_database_itself_refuses_to_change_history(sql: str, world: making.World) -> None:
    before = Entry.objects.count()
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)
    assert Entry.objects.count() == before
