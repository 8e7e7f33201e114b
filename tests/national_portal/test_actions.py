"""The queue out and the way in: nothing lost, nothing twice, in order; what is refused leaves nothing behind."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from tests.national_portal.factories import CODE, message, operator, the_dossier

from tinhso.kernel.cases import actions as cases
from tinhso.kernel.cases.models import Case
from tinhso.kernel.errors import NotAllowed, NotFound, Refusal
from tinhso.kernel.journal.models import Entry
from tinhso.kernel.people.queries import actor_of
from tinhso.kernel.people.rules import SYSTEM, Actor
from tinhso.kernel.testing.lasting import lasting
from tinhso.kernel.units import queries as units
from tinhso.kernel.units.models import Succession, TreeVersion, Unit
from tinhso.modules.dossiers import actions as dossiers
from tinhso.modules.dossiers.models import Dossier
from tinhso.modules.dossiers.tests.factories import MARITAL, START, Office, after, state
from tinhso.modules.national_portal.actions import comparing, files, incoming, link, outgoing
from tinhso.modules.national_portal.models import (
    CatalogueNotice,
    Comparison,
    Incoming,
    IncomingFile,
    Link,
    Outgoing,
)
from tinhso.modules.national_portal.module import FOLLOWED
from tinhso.modules.national_portal.queries.figures import overview
from tinhso.modules.national_portal.queries.pictures import PAID, pictures
from tinhso.modules.national_portal.rules import patience, reading
from tinhso.modules.national_portal.rules.comparing import CatalogueChange, Difference, What, counted
from tinhso.modules.procedures import door as procedures

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def made(django_db_setup: None, django_db_blocker: Any) -> Iterator[Office]:
    with lasting(django_db_blocker):
        yield Office()


@pytest.fixture
def office(made: Office, db: None) -> Office:
    return made


@pytest.fixture
def chief(office: Office) -> Actor:
    return actor_of(operator(office))


def marked(office: Office, *, hours: float = 0) -> Outgoing:
    """A dossier in the queue since so many hours after Monday eight o'clock."""
    dossier = office.filed(after(hours=hours))
    outgoing.mark(case_id=dossier.pk, code=dossier.case.number, version=1, at=after(hours=hours))
    return Outgoing.objects.get(pk=dossier.pk)


def row(one: Outgoing) -> Outgoing:
    return Outgoing.objects.get(pk=one.pk)


def acknowledge(one: Outgoing, version: int, at: datetime) -> Outgoing:
    outgoing.acknowledged(row(one), version=version, content_hash="a", steps_hash="b", is_portal_result=False, at=at)
    return row(one)


def refuse(one: Outgoing, at: datetime, *, was_refused: bool = True) -> Outgoing:
    """One attempt at it that fails."""
    before = row(one)
    assert outgoing.keep_lease(before, at)
    before.attempts += 1
    return outgoing.not_acknowledged(before, code="12", why="Sai lĩnh vực", was_refused=was_refused, payload={}, at=at)


# Out


def test_a_change_told_twice_or_late_changes_nothing(office: Office) -> None:
    one = marked(office)
    assert outgoing.mark(case_id=one.pk, code=one.code, version=3, at=after(1))
    assert not outgoing.mark(case_id=one.pk, code=one.code, version=3, at=after(2))
    assert not outgoing.mark(case_id=one.pk, code=one.code, version=2, at=after(2))
    assert (row(one).version, row(one).marked_at) == (3, START)


def test_dossiers_are_leased_in_the_order_of_their_change_and_not_twice(office: Office) -> None:
    first, second, third = (marked(office, hours=hours) for hours in (2, 0, 1))
    now = after(1)
    assert [one.pk for one in outgoing.lease(2, now)] == [second.pk, third.pk]
    assert [one.pk for one in outgoing.lease(5, now)] == [first.pk]
    assert outgoing.lease(5, now + patience.LEASE - timedelta(seconds=1)) == []
    assert len(outgoing.lease(5, now + patience.LEASE)) == 3


def test_of_two_that_hold_a_lease_after_each_other_one_sends(office: Office) -> None:
    marked(office)
    (stalled,) = outgoing.lease(1, START)
    (taken,) = outgoing.lease(1, START + patience.LEASE)
    assert outgoing.keep_lease(taken, START + patience.LEASE)
    assert not outgoing.keep_lease(stalled, START + patience.LEASE)


def test_the_first_acknowledgement_is_noted_beside_the_work(office: Office) -> None:
    one = marked(office)
    revision = Case.objects.get(pk=one.pk).revision
    assert acknowledge(one, 1, after(1)).state == "sent"
    acknowledge(one, 2, after(2))
    case = Case.objects.get(pk=one.pk)
    assert (case.revision, case.entries.filter(verb="national_portal.sync").count()) == (revision, 1)


def test_what_changed_while_it_was_sent_is_sent_again(office: Office) -> None:
    one = marked(office)
    outgoing.mark(case_id=one.pk, code=one.code, version=4, at=after(1))
    got = acknowledge(one, 3, after(2))
    assert (got.state, got.acknowledged_version, got.next_at) == ("waiting", 3, after(2))
    assert acknowledge(one, 4, after(3)).state == "sent"
    outgoing.mark(case_id=one.pk, code=one.code, version=5, at=after(4))
    assert (row(one).state, row(one).marked_at) == ("waiting", after(4))


def test_six_refusals_make_a_dead_letter_and_a_change_revives_it(office: Office) -> None:
    one, at = marked(office), START
    for time in range(6):
        assert row(one).state == "waiting"
        got = refuse(one, at)
        assert got.next_at == at + patience.wait(time + 1)
        at = got.next_at
    assert (got.state, got.error_code, got.error) == ("dead", "12", "Sai lĩnh vực")
    assert outgoing.lease(1, after(30)) == []
    outgoing.mark(case_id=one.pk, code=one.code, version=2, at=after(31))
    assert (row(one).state, row(one).strikes) == ("waiting", 0)


def test_an_outage_of_a_day_makes_no_dead_letters(office: Office) -> None:
    one, at = marked(office), START
    link.worked(START - timedelta(minutes=1))
    for _ in range(40):
        at = refuse(one, at, was_refused=False).next_at
    assert at > after(1)
    assert (row(one).state, row(one).strikes) == ("waiting", 0)


def test_a_dossier_on_which_the_portal_breaks_is_a_dead_letter_once_others_get_through(office: Office) -> None:
    one, at = marked(office), START
    for _ in range(7):
        at = refuse(one, at, was_refused=False).next_at
        link.worked(at - timedelta(seconds=1))
    assert row(one).state == "dead"


def test_only_operators_send_again(office: Office, chief: Actor) -> None:
    one, at = marked(office), START
    for _ in range(6):
        at = refuse(one, at).next_at
    before = Outgoing.objects.filter(pk=one.pk).values().get()
    for who in ("clerk", "leader", "lan"):
        with pytest.raises(NotAllowed):
            outgoing.resend(case_id=one.pk, by=office.actor(who), at=after(3))
    assert Outgoing.objects.filter(pk=one.pk).values().get() == before
    with pytest.raises(NotFound):
        outgoing.resend(case_id=0, by=chief, at=after(3))
    outgoing.resend(case_id=one.pk, by=chief, at=after(3))
    assert [found.pk for found in outgoing.lease(1, after(3))] == [one.pk]
    assert Entry.objects.get(verb="national_portal.resend").data == {"code": one.code}


def test_dossiers_from_before_the_link_join_the_queue_once(office: Office) -> None:
    office.filed()
    marked(office)
    assert outgoing.mark_missing(after(1)) == 1
    assert outgoing.mark_missing(after(2)) == 0
    assert Outgoing.objects.waiting().count() == 2


def test_never_acknowledged_dossiers_are_counted_by_age(office: Office) -> None:
    for age, hours in (("hour", 0.5), ("day", 2), ("week", 48), ("older", 200)):
        one = marked(office)
        Outgoing.objects.filter(pk=one.pk).update(first_marked_at=START - timedelta(hours=hours))
        assert overview(START).never[age] == 1
    acknowledge(one, 1, START)
    assert overview(START).never == {"hour": 1, "day": 1, "week": 1, "older": 0}


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ({"purpose": "fee", "is_online": True}, "2"),
        ({"purpose": "fee", "is_online": False}, "0"),
        ({"purpose": "finance", "is_online": True}, "0"),
    ],
)
def test_a_fee_paid_online_here_is_told(office: Office, said: dict[str, Any], told: str) -> None:
    assert PAID in FOLLOWED
    pk = office.filed().pk
    cases.record(Case.objects.locked(pk), PAID, by=SYSTEM, at=after(1), data=said)
    assert pictures([pk])[pk].dossier["DuocThanhToanTrucTuyen"] == told


def test_the_link_rests_after_failures_and_wakes_by_hand(office: Office, chief: Actor) -> None:
    for _ in range(5):
        link.failed("HTTP 503", START)
    assert Link.objects.get().rests_until == START + patience.FIRST_REST
    with pytest.raises(NotAllowed):
        link.try_now(by=office.actor("leader"))
    assert Link.objects.get().rests_until is not None
    link.try_now(by=chief)
    assert link.current().circuit.may_try(START)
    link.worked(after(1))
    assert (link.current().failures, link.current().error, link.current().worked_at) == (0, "", after(1))


# In


def keep(*values: Any, at: datetime = START) -> list[Incoming]:
    found = [reading.envelope(value) for value in values]
    incoming.keep(found, at)
    return [Incoming.objects.get(kind=one.kind.value, key=one.key) for one in found]


def take_in(one: Incoming, at: datetime = START) -> Incoming:
    incoming.take_in(incoming_id=one.pk, at=at)
    one.refresh_from_db()
    return one


def test_the_same_message_delivered_three_times_is_taken_in_once(office: Office) -> None:
    (one,) = keep(message(office))
    keep(message(office), message(office))
    take_in(one)
    keep(message(office))
    assert take_in(one).state == "done"
    assert (Incoming.objects.count(), Dossier.objects.count(), one.times) == (1, 1, 3)


def test_what_arrives_is_mapped_to_people_place_papers_and_files(office: Office) -> None:
    (one,) = keep(message(office, TaiKhoanDuocXacThucVoiVNeID="1", DuocThanhToanTrucTuyen="1"))
    assert take_in(one).state == "done"
    dossier = the_dossier()
    assert (dossier.case.unit_id, dossier.case.owner_id) == (office.province.commune.pk, office.accounts["lan"].pk)
    assert (dossier.applicant_name, dossier.identity_number, dossier.phone) == (
        "Nguyễn Thị Lan", "079190012346", "0912345678",
    )  # fmt: skip
    assert (dossier.channel, dossier.result_channel) == ("online", "electronic")
    assert bool(dossier.fee_paid_at) == bool(dossier.fee)
    assert (one.case_id, one.subject_id, one.is_paid_online) == (dossier.pk, "doi-tuong-77", True)
    file = IncomingFile.objects.get()
    assert (file.part_id, file.file_id, file.address) == (dossier.parts.get().pk, "tep-1", "tep/tep-1")


@pytest.mark.parametrize(
    "named",
    [
        lambda unit: {"DonViXuLy": unit.name},
        lambda unit: {"DonViXuLy": unit.name.upper()},
        lambda unit: {"DonViXuLy": "", "MaDonViXuLy": unit.code},
        lambda unit: {"DonViXuLy": "", "MaDonViXuLy": "H53.999"},
        lambda unit: {"DonViXuLy": "Tên lạ", "MaHoSo": "H53.999-261116-0007"},
    ],
    ids=["name", "capitals", "code", "identifier", "beginning of the dossier's code"],
)
def test_the_resolving_unit_is_found_by_what_the_message_says(office: Office, named: Any) -> None:
    unit = office.province.commune
    Unit.objects.filter(pk=unit.pk).update(national_id="H53.999")
    TreeVersion.grow()
    units.forget()
    (one,) = keep(message(office, **named(unit)))
    assert take_in(one).state == "done"
    assert Case.objects.get(pk=one.case_id).unit_id == unit.pk


def test_a_dissolved_unit_stands_for_its_successor(office: Office) -> None:
    old, new = office.province.other, office.province.commune
    Unit.objects.filter(pk=old.pk).update(ends_on=date(2026, 11, 1))
    Succession.objects.create(predecessor=old, successor=new, happened_on=date(2026, 11, 2))
    TreeVersion.grow()
    units.forget()
    (one,) = keep(message(office, DonViXuLy=old.name))
    assert take_in(one).state == "done"
    assert Case.objects.get(pk=one.case_id).unit_id == new.pk


def test_a_message_that_cannot_be_taken_in_says_why_and_is_taken_in_once_mended(office: Office, chief: Actor) -> None:
    (one,) = keep(message(office, MaTTHC="1.001193"))
    assert (take_in(one).state, one.error_code) == ("failed", "dossiers.no_such_procedure")
    assert one.error == "Thủ tục 1.001193 chưa được công bố ở đây. Công bố thủ tục rồi tiếp nhận lại."
    with pytest.raises(NotAllowed):
        incoming.mend(incoming_id=one.pk, text="", by=office.actor("leader"), at=START)
    procedures.publish_sample("1.001193", valid_from=date(2026, 1, 1), at=START)
    incoming.mend(incoming_id=one.pk, text="", by=chief, at=START)
    assert take_in(one).state == "done"
    with pytest.raises(Refusal) as caught:
        incoming.mend(incoming_id=one.pk, text="", by=chief, at=START)
    assert caught.value.code == "national_portal.not_failed"


def test_a_mended_message_keeps_what_came(office: Office, chief: Actor) -> None:
    (one,) = keep(message(office, ChuHoSo=""))
    came = take_in(one).body
    text = reading.envelope(message(office)).body
    incoming.mend(incoming_id=one.pk, text=text, by=chief, at=START)
    assert take_in(one).state == "done"
    assert (one.body, one.mended_by_id) == (came, chief.account_id)
    assert the_dossier().applicant_name == "Nguyễn Thị Lan"


def test_an_unreadable_message_is_kept_and_can_be_put_right_or_put_aside(office: Office, chief: Actor) -> None:
    for body in (b"<html>", b"<html>", b'{"MaHoSo": "H53'):
        incoming.keep(reading.envelopes(body), START)
    first, second = Incoming.objects.order_by("id")
    assert (first.state, first.times, first.error_code) == ("failed", 2, "national_portal.unreadable")
    for text in ("", "không phải JSON"):
        with pytest.raises(Refusal) as caught:
            incoming.mend(incoming_id=first.pk, text=text, by=chief, at=START)
        assert caught.value.code == "national_portal.unreadable"
    incoming.mend(incoming_id=first.pk, text=reading.envelope(message(office)).body, by=chief, at=START)
    assert take_in(first).state == "done"
    with pytest.raises(Refusal):
        incoming.drop(incoming_id=second.pk, reason="thừa", by=chief, at=START)
    incoming.drop(incoming_id=second.pk, reason="Bản tin bị cắt cụt, đã có bản đủ.", by=chief, at=START)
    second.refresh_from_db()
    assert second.state == "dropped"
    assert Entry.objects.filter(subject__startswith="national_portal/incoming/").count() == 2


def test_a_better_version_of_a_failed_message_takes_its_place(office: Office) -> None:
    (one,) = keep(message(office, ChuHoSo=""))
    take_in(one)
    keep(message(office))
    assert take_in(one).state == "done"
    assert one.times == 2


def test_after_ninety_days_a_message_keeps_its_key_only(office: Office) -> None:
    done, wrong = keep(message(office), message(office, "H53.242.01-261116-0043", ChuHoSo=""))
    take_in(done)
    take_in(wrong)
    assert incoming.forget_old(after(90)) == 0
    assert incoming.forget_old(after(90.1)) == 1
    done.refresh_from_db()
    wrong.refresh_from_db()
    assert (done.body, done.message, done.key, bool(wrong.body)) == ("", None, CODE, True)
    keep(message(office))
    assert (Incoming.objects.filter(key=CODE).count(), Dossier.objects.count()) == (1, 1)


def answer(office: Office, number: int = 1, **more: Any) -> dict[str, Any]:
    said = {"HoSoBoSungId": str(number), "TrangThaiBoSung": "1", "ThongTinTiepNhan": "Tôi đã nộp thêm."}
    return message(office, DanhSachHoSoBoSung=[said], TaiLieuNop=[], **more)


def test_an_answer_that_overtakes_its_dossier_waits_for_it(office: Office) -> None:
    late, new = keep(answer(office), message(office))
    assert (take_in(late).state, late.error) == ("waiting", f"Chưa có hồ sơ {CODE} ở đây.")
    take_in(new)
    pk = the_dossier().pk
    dossiers.ask_completion(
        dossier_id=pk, message="Thiếu tờ khai có chữ ký.", missing=(), by=office.actor("clerk"), at=after(hours=1)
    )
    assert take_in(late, after(hours=2)).state == "done"
    assert state(the_dossier()) == "filed"


def test_an_answer_without_a_dossier_is_shown_after_a_day(office: Office) -> None:
    (one,) = keep(answer(office))
    assert take_in(one, after(0.9)).state == "waiting"
    assert take_in(one, after(1.1)).state == "failed"


def test_an_answer_nobody_asked_for_is_shown_and_changes_nothing(office: Office) -> None:
    new, more = keep(message(office), answer(office))
    take_in(new)
    assert (take_in(more).state, more.error_code) == ("failed", "cases.move_not_open")
    assert state(the_dossier()) == "filed"


def test_a_message_that_breaks_something_does_not_stop_the_others(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = keep(message(office), message(office, "H53.242.01-261116-0043"))

    def broken(*_: Any) -> None:
        raise KeyError("x")

    with monkeypatch.context() as patched:
        patched.setitem(incoming._DO, reading.Kind.DOSSIER, broken)
        assert (take_in(first).state, first.error_code) == ("failed", "national_portal.broken")
    assert take_in(second).state == "done"


def test_a_file_that_fails_is_tried_again_later_and_by_hand(office: Office, chief: Actor) -> None:
    (one,) = keep(message(office))
    take_in(one)
    (file,) = files.lease(5, START)
    assert files.lease(5, START) == []
    files.not_fetched(file, "HTTP 404", START, is_final=False)
    assert IncomingFile.objects.get().next_at == START + patience.wait(1)
    files.not_fetched(file, "Tệp bị hỏng", START, is_final=True)
    assert IncomingFile.objects.get().state == "failed"
    with pytest.raises(NotAllowed):
        files.fetch_again(by=office.actor("clerk"), at=START)
    assert files.fetch_again(by=chief, at=START) == 1
    assert len(files.lease(5, START)) == 1


# Comparing


def test_what_differs_is_queued_unless_it_is_on_its_way(office: Office) -> None:
    sent, waiting = marked(office), marked(office)
    acknowledge(sent, 1, START)
    found = [Difference(sent.code, 1, 0), Difference(waiting.code, 1, 0), Difference("H01-261116-0001", 0, 4)]
    made = comparing.keep(ours=counted([1, 1]), theirs=counted([4]), found=found, at=after(1))
    assert (made.differing, made.on_their_way, made.queued) == (2, 1, 1)
    assert [(one.code, one.is_on_its_way) for one in made.rows.all()] == [
        (sent.code, False), ("H01-261116-0001", False), (waiting.code, True),
    ]  # fmt: skip
    assert row(sent).state == "waiting"
    assert Comparison.objects.count() == 1


CHANGES = (
    CatalogueChange(MARITAL, What.RENAMED, "Cũ", "Tên mới trên Cổng"),
    CatalogueChange("9.000001", What.NEW, "", "Thủ tục mới"),
    CatalogueChange("1.001193", What.ABOLISHED, "Khai sinh", ""),
)


def test_the_portals_catalogue_becomes_notices_and_drafts_never_a_publication(office: Office, chief: Actor) -> None:
    before = procedures.published(MARITAL, START.date())
    assert comparing.keep_catalogue(CHANGES, START) == 3
    assert comparing.keep_catalogue(CHANGES, after(1)) == 0
    renamed, abolished, new = (CatalogueNotice.objects.get(what=what) for what in ("renamed", "abolished", "new"))
    with pytest.raises(NotAllowed):
        comparing.close_notice(notice_id=new.pk, makes_draft=True, by=office.actor("leader"), at=START)
    with pytest.raises(Refusal) as caught:
        comparing.close_notice(notice_id=abolished.pk, makes_draft=True, by=chief, at=START)
    assert caught.value.code == "national_portal.abolish_by_hand"
    comparing.close_notice(notice_id=renamed.pk, makes_draft=True, by=chief, at=START)
    comparing.close_notice(notice_id=new.pk, makes_draft=True, by=chief, at=START)
    procedures.forget()
    assert procedures.published(MARITAL, START.date()) == before
    assert procedures.published("9.000001", START.date()) is None
    comparing.keep_catalogue((), after(2))
    assert dict(CatalogueNotice.objects.values_list("what", "state")) == {
        "renamed": "drafted", "new": "drafted", "abolished": "gone",
    }  # fmt: skip
