"""The personal part of the history: kept apart, erased on record, and the chain still holds."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.db import connection, transaction

from tinhso.kernel.journal import actions, queries, rules
from tinhso.kernel.journal.models import Entry
from tinhso.kernel.people.rules import SYSTEM, Actor, ActorKind
from tinhso.kernel.testing import people

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 16, 2, tzinfo=UTC)


def told(by=SYSTEM, subject="mandate/1") -> Entry:
    data = {"name": "Nguyễn Thị Lan", "holder": "Lê Văn Minh", "until": "31/12/2026"}
    entry = actions.note(subject=subject, verb="mandate.confirm", by=by, at=AT, data=data)
    return Entry.objects.get(pk=entry.pk)


def record() -> str:
    return actions.note(subject="disposal/1", verb="unit.add", by=SYSTEM, at=AT, data={"name": "x"}).chain


def damage() -> list[str]:
    return [f"{one.where}: {one.what}" for one in queries.verify()]


def test_names_stand_apart_from_what_is_sealed_and_still_read_as_one_sentence():
    entry = told()
    assert entry.data.keys() == {"until", "personal_seal"}
    assert entry.personal == {"name": "Nguyễn Thị Lan", "holder": "Lê Văn Minh"}
    assert queries.sentence(entry) == " xác nhận Lê Văn Minh được nộp thay Nguyễn Thị Lan đến 31/12/2026".replace(
        " xác", f"{entry.actor_name} xác", 1
    )
    assert damage() == []


def test_the_same_names_have_another_seal_each_time():
    assert told().data["personal_seal"] != told().data["personal_seal"]


def test_an_entry_without_personal_words_is_sealed_as_it_is():
    entry = actions.note(subject="unit/1", verb="unit.add", by=SYSTEM, at=AT, data={"name": "Phường"})
    assert (entry.data, entry.personal, entry.salt) == ({"name": "Phường"}, None, None)


def test_after_erasing_the_names_are_gone_and_the_chain_holds():
    entry, other = told(), told(subject="mandate/2")
    on_day = actions.anchor_up_to(AT.date())
    assert actions.erase_of_subjects(["mandate/1"], record=record()) == 1
    erased = Entry.objects.get(pk=entry.pk)
    assert (erased.personal, erased.salt, erased.erased_by) == (None, None, "disposal/1")
    assert (erased.hash, erased.data) == (entry.hash, entry.data)
    assert "Lan" not in queries.sentence(erased)
    assert Entry.objects.get(pk=other.pk).personal is not None
    assert on_day is not None
    assert damage() == []


def test_erasing_again_changes_nothing():
    told()
    assert actions.erase_of_subjects(["mandate/1"], record=record()) == 1
    assert actions.erase_of_subjects(["mandate/1"], record="disposal/2") == 0
    assert Entry.objects.get(subject="mandate/1").erased_by == "disposal/1"


def test_the_name_of_a_citizen_who_acted_goes_and_that_of_an_official_stays():
    account = people.citizen("lan")
    told(Actor(ActorKind.CITIZEN, account.pk, "Nguyễn Thị Lan"))
    from tinhso.kernel.testing import province

    officer = people.official("hanh", province.found().commune)
    told(Actor(ActorKind.OFFICIAL, officer.pk, "Trần Văn Hạnh"), subject="mandate/2")
    actions.erase_of_subjects(["mandate/1", "mandate/2"], record=record())
    names = dict(Entry.objects.filter(subject__startswith="mandate/").values_list("subject", "actor_name"))
    assert names == {"mandate/1": rules.NAMELESS, "mandate/2": "Trần Văn Hạnh"}
    assert damage() == []


@pytest.mark.parametrize(
    "change",
    [
        "data = '{}'",
        "personal = null, salt = null",
        "personal = '{}', erased_by = 'disposal/1'",
        "personal = null, salt = null, erased_by = 'disposal/1', verb = 'unit.add'",
        "personal = null, salt = null, erased_by = 'disposal/1', actor_name = 'Ai đó'",
    ],
)
def test_the_database_refuses_every_other_change(change):
    told()
    with pytest.raises(Exception, match="never changed"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"update journal_entry set {change}")
    assert Entry.objects.get().personal == {"name": "Nguyễn Thị Lan", "holder": "Lê Văn Minh"}


def test_what_was_erased_once_cannot_be_changed_any_more():
    told()
    actions.erase_of_subjects(["mandate/1"], record=record())
    with pytest.raises(Exception, match="never changed"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("update journal_entry set erased_by = 'disposal/9' where subject = 'mandate/1'")


def test_an_erasure_without_a_record_is_damage():
    told()
    actions.erase_of_subjects(["mandate/1"], record="disposal/404")
    assert damage() == ["mandate/1#1: dữ liệu cá nhân bị xóa mà không có biên bản disposal/404"]


def test_a_forged_personal_part_is_damage():
    told()
    with connection.cursor() as cursor:
        cursor.execute("set constraints all immediate")
        cursor.execute("alter table journal_entry disable trigger journal_entry_is_forever")
        cursor.execute("""update journal_entry set personal = '{"name": "Ai khác"}'""")
        cursor.execute("alter table journal_entry enable trigger journal_entry_is_forever")
    assert damage() == ["mandate/1#1: dữ liệu cá nhân không khớp dấu niêm phong"]


def test_a_personal_part_that_vanished_is_damage():
    told()
    with connection.cursor() as cursor:
        cursor.execute("set constraints all immediate")
        cursor.execute("alter table journal_entry disable trigger journal_entry_is_forever")
        cursor.execute("update journal_entry set personal = null, salt = null")
        cursor.execute("alter table journal_entry enable trigger journal_entry_is_forever")
    assert damage() == ["mandate/1#1: mất dữ liệu cá nhân mà không có biên bản"]
