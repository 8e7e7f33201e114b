"""History about things that are not cases: chained by subject, declared, and true after a trip through the database."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from procrastinate.contrib.django.models import ProcrastinateJob

from tinhso.kernel.journal import queries
from tinhso.kernel.journal.actions import anchor_up_to, append, note
from tinhso.kernel.journal.jobs import anchor_yesterday
from tinhso.kernel.journal.models import Anchor, Entry
from tinhso.kernel.journal.rules import Head
from tinhso.kernel.manifest import Readers, registry
from tinhso.kernel.people.models import Account
from tinhso.kernel.people.rules import SYSTEM, Actor, ActorKind

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 16, 2, tzinfo=UTC)


def add(subject: str = "unit/1", name: str = "Phường Thử", at: datetime = AT) -> Entry:
    return note(subject=subject, verb="unit.add", by=SYSTEM, at=at, data={"name": name})


def test_entries_of_a_subject_are_chained_and_subjects_do_not_meet():
    made = [add(), add("unit/2"), add()]
    assert [(entry.chain, entry.seq) for entry in made] == [("unit/1", 1), ("unit/2", 1), ("unit/1", 2)]
    assert list(queries.verify()) == []


def test_a_verb_that_no_module_declares_is_refused_and_nothing_is_written():
    with pytest.raises(KeyError, match=r"unit\.paint"):
        append(verb="unit.paint", by=SYSTEM, at=AT, head=Head(), data={}, subject="unit/1")
    assert not Entry.objects.exists()
    assert not ProcrastinateJob.objects.exists()


def test_an_entry_is_about_one_thing():
    with pytest.raises(Exception, match="entry_about_one_thing"), transaction.atomic():
        append(verb="unit.add", by=SYSTEM, at=AT, head=Head(), data={})


def test_two_entries_with_one_number_are_refused_by_the_database():
    add()
    with pytest.raises(Exception, match="entry_subject_seq"), transaction.atomic():
        append(verb="unit.add", by=SYSTEM, at=AT, head=Head(), data={}, subject="unit/1")
    assert Entry.objects.count() == 1


def test_who_acted_is_kept_by_name_too():
    account = Account.objects.create(username="hanh", display_name="Trần Thị Hạnh", is_official=True)
    by = Actor(ActorKind.OFFICIAL, account.pk, "Trần Thị Hạnh")
    entry = note(subject="unit/1", verb="unit.add", by=by, at=AT, data={"name": "Phường Thử"})
    assert (entry.actor_id, entry.actor_name) == (account.pk, "Trần Thị Hạnh")
    assert queries.sentence(entry) == "Trần Thị Hạnh thêm đơn vị Phường Thử"


def test_what_a_sentence_lacks_reads_as_a_dash_and_an_unknown_verb_as_itself():
    assert queries.sentence(Entry(verb="unit.add", actor_name="A", data={})) == "A thêm đơn vị –"
    assert queries.sentence(Entry(verb="gone.verb", data={})) == "gone.verb"


def test_readers_see_what_is_declared_for_them():
    entries = [Entry(verb="unit.add"), Entry(verb="case.recount"), Entry(verb="gone.verb")]
    seen = {readers: [one.verb for one in queries.readable(entries, readers)] for readers in Readers}
    assert seen == {
        Readers.PUBLIC: [], Readers.PARTIES: ["case.recount"], Readers.OFFICIALS: ["unit.add", "case.recount"],
    }  # fmt: skip


def test_an_anchor_of_a_day_without_entries_is_none():
    assert anchor_up_to(date(2026, 11, 16)) is None
    assert not Anchor.objects.exists()


def test_the_nightly_job_can_run_twice():
    add(at=datetime(2020, 1, 1, tzinfo=UTC))
    anchor_yesterday(timestamp=0)
    anchor_yesterday(timestamp=0)
    assert list(Anchor.objects.values_list("count", flat=True)) == [1]


def test_each_entry_wakes_its_followers_once():
    entry = add()
    job = ProcrastinateJob.objects.get()
    assert (job.task_name, job.lock, job.args) == ("journal.follow", "unit/1", {"entry_id": entry.pk})


texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20)
values = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**20), 10**20) | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=8,
)


@pytest.mark.slow
@given(data=st.dictionaries(texts, values, max_size=4))
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_was_said_still_fits_its_seal_when_it_is_read_again(data):
    data.pop("is", None)
    note(subject="unit/1", verb="unit.add", by=SYSTEM, at=AT, data=data)
    assert list(queries.verify()) == []


@pytest.fixture
def _no_jobs_left():
    """Tables that Django does not know are not emptied after a test that commits."""
    yield
    with connection.cursor() as cursor:
        cursor.execute("delete from procrastinate_jobs")


@pytest.mark.slow
@pytest.mark.usefixtures("_no_jobs_left")
@pytest.mark.django_db(transaction=True)
def test_many_who_write_about_one_thing_wait_for_each_other():
    def write_some(_writer: int) -> None:
        try:
            for _ in range(5):
                add()
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(write_some, range(4)))
    assert list(Entry.objects.order_by("seq").values_list("seq", flat=True)) == list(range(1, 21))
    assert list(queries.verify()) == []
    assert registry.entries["unit.add"].readers is Readers.OFFICIALS
