"""A case's history: sealed, unchangeable through the program, and found out when somebody goes behind its back."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection, transaction
from procrastinate.contrib.django.models import ProcrastinateJob

from tinhso.kernel.cases import queries as cases
from tinhso.kernel.cases.actions import record
from tinhso.kernel.cases.models import Case
from tinhso.kernel.cases.tests.factories import AT, PERMITS, actor, citizen, filed, move, official, unit, working
from tinhso.kernel.journal import queries as journal
from tinhso.kernel.journal import rules
from tinhso.kernel.journal.actions import anchor_up_to, viewed
from tinhso.kernel.journal.jobs import follow
from tinhso.kernel.journal.models import Anchor, Entry, View
from tinhso.kernel.manifest import registry
from tinhso.kernel.people.rules import SYSTEM
from tinhso.kernel.testing.jobs import run_jobs

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture
def case() -> Case:
    """Filed, accepted, asked and answered: four entries."""
    made = filed(1, unit("XA1"))
    for number, verb in enumerate(("accept", "ask", "answer"), start=1):
        move(made, verb, AT + number * HOUR)
    return made


@contextmanager
def behind_its_back() -> Iterator[None]:
    """Somebody with the rights of the database's owner, who switches its triggers off."""
    with connection.cursor() as cursor:
        cursor.execute("set session_replication_role = replica")
        yield
        cursor.execute("set session_replication_role = origin")


def damage() -> list[tuple[str, str]]:
    """All that a check of the whole history finds."""
    ends: dict[str, journal.End] = {}
    return [(one.where, one.what) for one in (*journal.verify(ends), *cases.verify(ends))]


def test_an_untouched_history_fits(case):
    working(2, unit("XA2"))
    assert damage() == []


def test_each_entry_seals_the_one_before(case):
    previous = rules.NO_HASH
    for number, entry in enumerate(Entry.objects.filter(case=case).order_by("seq"), start=1):
        assert entry.seq == number
        sealed = rules.seal(previous, chain=f"case/{case.pk}", seq=number, verb=entry.verb, at=entry.at,
                            actor_id=entry.actor_id, data=entry.data)  # fmt: skip
        assert bytes(entry.hash) == sealed
        previous = sealed
    assert (case.journal_seq, bytes(case.journal_hash)) == (4, previous)


@pytest.mark.parametrize("sql", ["update journal_entry set verb = 'x'", "delete from journal_entry"])
def test_the_database_refuses_to_change_or_delete_an_entry(case, sql):
    with (
        pytest.raises(Exception, match="never changed or deleted"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(sql)
    assert Entry.objects.count() == 4
    assert damage() == []


def test_the_program_refuses_to_save_an_entry_again(case):
    with pytest.raises(TypeError):
        Entry.objects.first().save()


CHANGES = {
    "data": "update journal_entry set data = jsonb_set(data, '{reason}', '\"khác\"') where seq = 3",
    "verb": "update journal_entry set verb = 'permit.note' where seq = 3",
    "time": "update journal_entry set at = at - interval '1 day' where seq = 3",
}


@pytest.mark.parametrize("sql", CHANGES.values(), ids=CHANGES.keys())
def test_a_changed_entry_is_found(case, sql):
    with behind_its_back(), connection.cursor() as cursor:
        cursor.execute(sql)
    assert damage() == [(f"case/{case.pk}#3", "nội dung không khớp dấu niêm phong")]


def test_an_entry_put_on_somebody_else_is_found(case):
    other = citizen("minh")
    with behind_its_back():
        Entry.objects.filter(seq=2).update(actor_id=other.pk)
    assert damage() == [(f"case/{case.pk}#2", "nội dung không khớp dấu niêm phong")]


def test_a_deleted_entry_in_the_middle_is_found(case):
    with behind_its_back():
        Entry.objects.filter(seq=2).delete()
    assert damage() == [
        (f"case/{case.pk}#3", "thiếu mục 2"),
        (f"case/{case.pk}#3", "nội dung không khớp dấu niêm phong"),
    ]


def test_a_deleted_last_entry_is_found_by_the_case(case):
    with behind_its_back():
        Entry.objects.filter(seq=4).delete()
    assert damage() == [(f"case/{case.pk}", "vụ việc dừng ở mục 4, lịch sử dừng ở mục 3")]


def test_a_wholly_deleted_history_is_found_by_the_case(case):
    with behind_its_back():
        Entry.objects.all().delete()
    assert damage() == [(f"case/{case.pk}", "vụ việc dừng ở mục 4, lịch sử dừng ở mục 0")]


def test_a_state_that_no_entry_tells_is_found(case):
    Case.objects.filter(pk=case.pk).update(state="filed")
    assert damage() == [(f"case/{case.pk}", "trạng thái 'filed' không do lịch sử mà ra")]


def rewrite(case: Case, seq: int, said: dict[str, str]) -> None:
    """Change an entry and seal the whole chain anew, up to the case's row: the cleverest forgery."""
    previous = rules.NO_HASH
    for entry in Entry.objects.filter(case=case).order_by("seq"):
        data = entry.data | said if entry.seq == seq else entry.data
        previous = rules.seal(previous, chain=f"case/{case.pk}", seq=entry.seq, verb=entry.verb, at=entry.at,
                              actor_id=entry.actor_id, data=data)  # fmt: skip
        Entry.objects.filter(pk=entry.pk).update(data=data, hash=previous)
    Case.objects.filter(pk=case.pk).update(journal_hash=previous)


def test_a_chain_sealed_anew_betrays_itself_by_the_anchor_and_only_by_it(case):
    anchor_up_to(date(2026, 11, 16))
    assert damage() == []
    with behind_its_back():
        rewrite(case, 2, {"reason": "Chưa bao giờ"})
    assert damage() == [("anchor 2026-11-16", "lịch sử của ngày này đã bị thay đổi sau khi niêm phong")]


def test_the_next_days_anchor_seals_the_day_before_too(case):
    first = anchor_up_to(date(2026, 11, 16))
    record(case, "permit.note", by=SYSTEM, at=AT + timedelta(days=1), data={"text": "hôm sau"})
    second = anchor_up_to(date(2026, 11, 17))
    assert (first.count, second.count, second.first_id) == (4, 1, first.last_id + 1)
    assert anchor_up_to(date(2026, 11, 17)) is None
    assert damage() == []
    Anchor.objects.filter(pk=first.pk).update(hash=b"\1" * 32)
    assert [where for where, _what in damage()] == ["anchor 2026-11-16", "anchor 2026-11-17"]


def test_a_day_is_a_day_in_viet_nam(case):
    """The last minute of the 16th is 16:59 UTC; the next minute belongs to the 17th."""
    record(case, "permit.note", by=SYSTEM, at=datetime(2026, 11, 16, 16, 59, tzinfo=UTC), data={"text": "khuya"})
    record(case, "permit.note", by=SYSTEM, at=datetime(2026, 11, 16, 17, 0, tzinfo=UTC), data={"text": "nửa đêm"})
    assert anchor_up_to(date(2026, 11, 15)) is None
    assert anchor_up_to(date(2026, 11, 16)).count == 5
    assert anchor_up_to(date(2026, 11, 17)).count == 1


def test_looking_twice_on_a_day_is_one_row_that_counts(case):
    tuan = actor(official("tuan", unit("XA2"), "permits.worker"))
    hoa = actor(official("hoa", unit("XA3"), "permits.worker"))
    today = date(2026, 11, 16)
    for hours in (1, 2, 3):
        viewed(case_id=case.pk, by=tuan, at=AT + hours * HOUR, on=today)
    viewed(case_id=case.pk, by=hoa, at=AT, on=today)
    viewed(case_id=case.pk, by=tuan, at=AT + 24 * HOUR, on=date(2026, 11, 17))
    rows = View.objects.order_by("id").values_list("account_id", "on", "times", "first_at", "last_at")
    assert list(rows) == [
        (tuan.account_id, today, 3, AT + HOUR, AT + 3 * HOUR),
        (hoa.account_id, today, 1, AT, AT),
        (tuan.account_id, date(2026, 11, 17), 1, AT + 24 * HOUR, AT + 24 * HOUR),
    ]


def test_an_entry_can_be_followed_again(case, monkeypatch):
    told = []
    monkeypatch.setitem(registry.followers, "permit.answer", (lambda entry: told.append(entry.seq),))
    run_jobs()
    assert told == [4]
    follow(entry_id=Entry.objects.get(seq=4).pk)
    assert told == [4, 4]  # a follower answers for being repeatable itself


def test_what_follows_a_move_vanishes_with_it(case):
    jobs = ProcrastinateJob.objects.count()

    def moved_and_broken() -> None:
        with transaction.atomic():
            move(Case.objects.locked(case.pk), "decide")
            assert ProcrastinateJob.objects.count() == jobs + 1
            raise RuntimeError

    with pytest.raises(RuntimeError):
        moved_and_broken()
    assert ProcrastinateJob.objects.count() == jobs


def test_the_followers_of_one_case_run_in_its_order(case):
    rows = ProcrastinateJob.objects.filter(task_name="journal.follow").order_by("id")
    assert set(rows.values_list("lock", flat=True)) == {f"case/{case.pk}"}
    assert [job["entry_id"] for job in rows.values_list("args", flat=True)] == list(
        Entry.objects.order_by("seq").values_list("pk", flat=True)
    )


def test_every_move_has_a_sentence(case):
    declared = {entry.verb for entry in PERMITS.entries}
    assert {f"permit.{one.verb}" for one in case.kind_of.lifecycle.moves} <= declared
    sentences = [journal.sentence(entry) for entry in Entry.objects.order_by("seq")]
    assert sentences == [
        "Tự động nộp H53.01-261116-0001",
        "Tiếp nhận: –",
        "Yêu cầu bổ sung: –",
        "Gửi bổ sung: –",
    ]
