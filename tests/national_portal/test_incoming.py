"""The way in: the same message is taken in once, whatever comes; what is refused leaves nothing behind."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest
from tests.national_portal.factories import CODE, message, the_dossier

from tinhso.kernel.cases.models import Case
from tinhso.kernel.errors import NotAllowed, Refusal
from tinhso.kernel.journal.models import Entry
from tinhso.kernel.people.rules import Actor
from tinhso.kernel.units import queries as units
from tinhso.kernel.units.models import Succession, TreeVersion, Unit
from tinhso.modules.dossiers import actions as dossiers
from tinhso.modules.dossiers.models import Dossier
from tinhso.modules.dossiers.tests.factories import START, Office, after, state
from tinhso.modules.national_portal.actions import files, incoming
from tinhso.modules.national_portal.models import (
    Incoming,
    IncomingFile,
)
from tinhso.modules.national_portal.rules import patience, reading
from tinhso.modules.procedures import door as procedures

pytestmark = pytest.mark.django_db


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
