"""What people ask about their data, take along, and close; and what the law lets go."""

from __future__ import annotations

import json
import zipfile
from datetime import timedelta
from io import BytesIO

import pytest
from django.utils import timezone
from tests.privacy.office import LATER, START, Privacy, damage

from tinhso.kernel.errors import NotAllowed, NotFound, Refusal
from tinhso.kernel.files.actions import store_made
from tinhso.kernel.files.models import Attachment
from tinhso.kernel.files.queries import content
from tinhso.kernel.journal.actions import viewed
from tinhso.kernel.journal.models import Entry
from tinhso.kernel.journal.rules import NAMELESS
from tinhso.kernel.manifest import Subject
from tinhso.kernel.notices.models import Notice, Reach
from tinhso.kernel.people.models import Account, Person
from tinhso.kernel.people.queries import actor_of
from tinhso.kernel.people.rules import SYSTEM
from tinhso.kernel.testing.jobs import run_jobs
from tinhso.modules.channels.actions import linking
from tinhso.modules.channels.models import Contact, Line
from tinhso.modules.dossiers.models import Dossier, Draft
from tinhso.modules.field_reports.models import Follower
from tinhso.modules.field_reports.tests import factories as reports
from tinhso.modules.privacy.actions import closing, exporting, requesting, schedules
from tinhso.modules.privacy.models import Closing, Export, Request
from tinhso.modules.privacy.queries import own
from tinhso.modules.vault.actions.keeping import NewItem, keep
from tinhso.modules.vault.actions.sharing import share_item
from tinhso.modules.vault.queries.signatures import Checked
from tinhso.modules.warnings.models import Subscription

pytestmark = pytest.mark.django_db
TEXT = "Xóa giúp tôi các bản nháp cũ."


def asked(privacy: Privacy, sort: str = "erase", chosen=("dossiers.drafts",), who: str = "lan") -> Request:
    return requesting.ask(sort=sort, text=TEXT, chosen=chosen, by=privacy.actor(who), at=START)


def subject(privacy: Privacy, who: str = "lan") -> Subject:
    account = privacy.accounts[who]
    return Subject(account.pk, account.person_id)


def test_a_request_is_answered_in_two_working_days_and_carried_out_in_twenty_days(privacy: Privacy):
    case = asked(privacy).case
    assert f"{case.step_due_at:%d/%m/%Y}" == "18/11/2026"  # asked on Monday the 16th
    assert f"{case.due_at:%d/%m/%Y}" == "07/12/2026"  # the twentieth day is a Sunday
    assert case.number == "DL-26-00001"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"sort": "sell"}, "privacy.sort"),
        ({"text": "Xóa"}, "privacy.text"),
        ({"chosen": []}, "privacy.chosen"),
    ],
)
def test_a_request_that_cannot_be_understood_is_refused(privacy: Privacy, change, code):
    said = {"sort": "erase", "text": TEXT, "chosen": ["dossiers.drafts"], **change}
    with pytest.raises(Refusal) as refused:
        requesting.ask(by=privacy.actor("lan"), at=START, **said)
    assert refused.value.code == code
    assert not Request.objects.exists()


def test_officials_ask_elsewhere_and_nobody_else_answers(privacy: Privacy):
    with pytest.raises(NotAllowed):
        asked(privacy, who="clerk")
    request = asked(privacy)
    for who in ("clerk", "lan", "minh", "approver"):
        with pytest.raises(NotAllowed):
            requesting.accept(case_id=request.pk, by=privacy.actor(who), at=START)
    request.case.refresh_from_db()
    assert request.case.state == "asked"


def test_the_officer_accepts_and_the_person_is_told(privacy: Privacy):
    request = asked(privacy)
    requesting.accept(case_id=request.pk, by=privacy.actor("officer"), at=START)
    run_jobs()
    told = Notice.objects.get(account=privacy.accounts["lan"], kind="data_request.accept")
    assert told.body == "Xóa dữ liệu. Thực hiện trước 07/12/2026."


def test_what_was_chosen_and_may_go_is_erased_and_what_the_law_keeps_stays(privacy: Privacy):
    privacy.office.draft()
    dossier = privacy.closed()
    request = asked(privacy, chosen=["dossiers.drafts", "dossiers.filed"])
    requesting.carry_out(case_id=request.pk, answer="Đã xóa bản nháp.", by=privacy.actor("officer"), at=START)
    run_jobs()
    request.refresh_from_db()
    assert request.erased == {"dossiers.drafts": 1}
    assert not Draft.objects.filter(dossier=None).exists()
    assert Dossier.objects.get(pk=dossier.pk).applicant_name != NAMELESS
    assert damage() == []


def test_who_is_held_keeps_everything(privacy: Privacy):
    from tinhso.modules.privacy.actions import holding

    privacy.office.draft()
    holding.place(number="079190012346", source="Công văn 12", by=privacy.actor("officer"), at=START)
    request = asked(privacy)
    requesting.carry_out(case_id=request.pk, answer="Đang có yêu cầu giữ.", by=privacy.actor("officer"), at=START)
    run_jobs()
    request.refresh_from_db()
    assert (request.erased, Draft.objects.count()) == ({}, 1)


def test_a_refusal_has_its_reason_apart_from_the_sealed_history(privacy: Privacy):
    request = asked(privacy)
    requesting.refuse(case_id=request.pk, reason="Hồ sơ phải lưu 20 năm.", by=privacy.actor("officer"), at=START)
    entry = Entry.objects.get(verb="data_request.refuse")
    assert (entry.personal, "reason" in entry.data) == ({"reason": "Hồ sơ phải lưu 20 năm."}, False)


def test_only_who_asked_takes_it_back(privacy: Privacy):
    request = asked(privacy)
    with pytest.raises(NotAllowed):
        requesting.cancel(case_id=request.pk, by=privacy.actor("minh"), at=START)
    requesting.cancel(case_id=request.pk, by=privacy.actor("lan"), at=START)
    with pytest.raises(Refusal):
        requesting.carry_out(case_id=request.pk, answer="Đã xóa bản nháp.", by=privacy.actor("officer"), at=START)
    assert Request.objects.get().answer == ""


def test_what_is_held_is_counted_part_by_part(privacy: Privacy):
    privacy.office.draft()
    privacy.closed()
    held = {one.holding.code: one for one in own.held(subject(privacy), schedules.in_force(START)[1])}
    assert (held["dossiers.drafts"].count, held["dossiers.filed"].count, held["person"].count) == (1, 1, 1)
    assert held["dossiers.filed"].kept == "20 năm từ ngày kết thúc"
    others = own.held(subject(privacy, "minh"), schedules.in_force(START)[1])
    assert {one.holding.code: one.count for one in others if one.count} == {"person": 1}


def test_a_download_holds_all_of_mine_with_files_and_nothing_of_others(privacy: Privacy):
    dossier = privacy.closed()
    viewed(case_id=dossier.pk, by=privacy.actor("handler"), at=START, on=START.date())
    made = exporting.ask(by=privacy.actor("lan"), at=START)
    run_jobs()
    made.refresh_from_db()
    assert made.state == "ready"
    assert made.attachment is not None
    with zipfile.ZipFile(BytesIO(content(made.attachment))) as archive:
        said = {one["phần"]: one["dữ_liệu"] for one in json.loads(archive.read("du-lieu.json"))["phần"]}
        seen = json.loads(archive.read("ai-da-xem.json"))
        names = archive.namelist()
    assert said["Thông tin về bạn"][0]["Số định danh"] == "079190012346"
    assert [one["Mã hồ sơ"] for one in said["Hồ sơ đã nộp"]] == [dossier.case.number]
    assert said["Hồ sơ đã nộp"][0]["tệp"][0] in names
    assert [one["cán_bộ"] for one in seen] == ["Trần Văn Handler"]
    assert "Trần Thị Minh" not in str(said)


def test_a_download_is_for_its_owner_until_its_day(privacy: Privacy):
    made = exporting.ask(by=privacy.actor("lan"), at=START)
    run_jobs()
    made.refresh_from_db()
    assert made.expires_at is not None
    assert exporting.take(token=made.token, by=privacy.actor("lan"), at=START).pk == made.attachment_id
    for who, at in (("minh", START), ("lan", made.expires_at)):
        with pytest.raises(NotFound):
            exporting.take(token=made.token, by=privacy.actor(who), at=at)
    assert exporting.throw_away(at=made.expires_at) == 1
    assert not Attachment.objects.filter(purpose="privacy.export").exists()
    assert Export.objects.get().state == "gone"


def test_one_is_made_at_a_time_and_three_a_day(privacy: Privacy):
    lan = privacy.actor("lan")
    exporting.ask(by=lan, at=START)
    with pytest.raises(Refusal) as refused:
        exporting.ask(by=lan, at=START)
    assert refused.value.code == "privacy.export_waits"
    Export.objects.all().update(state="failed")
    for _more in range(2):
        exporting.ask(by=lan, at=START)
        Export.objects.all().update(state="failed")
    with pytest.raises(Refusal) as refused:
        exporting.ask(by=lan, at=START)
    assert refused.value.code == "privacy.export_often"


def test_an_account_closes_when_nothing_of_it_is_open(privacy: Privacy):
    privacy.office.filed()
    with pytest.raises(Refusal) as refused:
        closing.close_account(by=privacy.actor("lan"), at=START)
    assert refused.value.code == "privacy.open_cases"
    assert Account.objects.get(username="lan").is_active
    closing.close_account(by=privacy.actor("minh"), at=START)
    minh = Account.objects.get(username="minh")
    assert (minh.is_active, minh.sessions_version) == (False, 1)
    assert actor_of(minh).account_id is None


def test_what_would_go_on_for_a_closed_account_ends_with_it(privacy: Privacy):
    minh, root = privacy.accounts["minh"], privacy.office.province.root
    paper = store_made(b"%PDF-1.4 minh hoa", name="giay.pdf", purpose="test")
    mine = {"attachment": paper, "source_key": "test/1", "kind": "khac", "person_id": minh.person_id}
    item = keep(
        NewItem(title="Giấy", origin="paper", business_id=None, **mine), signature=Checked(), by=SYSTEM, at=START
    )
    assert item is not None
    share, _code = share_item(
        token=item.token, purpose="vay vốn", days=7, by=privacy.actor("minh"), at=timezone.now(), unit_id=root.pk
    )
    Subscription.objects.create(account=minh, unit=root, since=START)
    report = reports.sent_by(privacy.accounts["lan"], privacy.office.province.commune)
    Follower.objects.create(report=report, account=minh, since=START)
    line = Line.objects.create(code="zalo", kind="zalo", unit=root, name="Tỉnh thử", added_at=START)
    contact = Contact.objects.create(line=line, outside_id="111", account=minh, first_at=START)
    linking.tell_kernel(contact)
    assert Reach.objects.filter(account=minh).exists()
    closing.close_account(by=privacy.actor("minh"), at=START)
    contact.refresh_from_db()
    share.refresh_from_db()
    assert (contact.account_id, share.revoked_at) == (None, START)
    for left in (Subscription, Follower, Reach):
        assert not left.objects.filter(account=minh).exists()
    assert damage() == []


def test_a_closed_account_is_forgotten_when_its_time_is_over(privacy: Privacy):
    minh = privacy.accounts["minh"]
    closing.close_account(by=privacy.actor("minh"), at=START)
    privacy.ended(privacy.disposal())
    minh.refresh_from_db()
    person = Person.objects.get(pk=minh.person_id)
    assert (minh.username, minh.display_name, minh.email) == (f"da-dong-{minh.pk}", NAMELESS, "")
    assert (person.full_name, person.phone, person.identity_number) == (NAMELESS, "", None)
    assert Closing.objects.get().forgotten_at == LATER
    assert damage() == []


def test_a_request_is_forgotten_too(privacy: Privacy):
    request = asked(privacy)
    requesting.carry_out(case_id=request.pk, answer="Đã xóa bản nháp.", by=privacy.actor("officer"), at=START)
    privacy.ended(privacy.disposal(START + timedelta(days=366 * 6)))
    request = Request.objects.select_related("case").get()
    assert (request.text, request.answer, request.case.applicant) == ("", "", NAMELESS)
    assert damage() == []
