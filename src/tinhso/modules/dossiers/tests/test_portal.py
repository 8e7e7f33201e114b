"""Filling in, filing and following as people do it: whose it is, what is kept, what happens twice, what it costs."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tinhso.kernel.cases.models import Case
from tinhso.kernel.clock import queries as clock
from tinhso.kernel.journal.models import Entry
from tinhso.kernel.testing.lasting import lasting
from tinhso.kernel.units import queries as units
from tinhso.modules.dossiers import actions
from tinhso.modules.dossiers.models import Dossier, Draft, Paper, Part, Supplement
from tinhso.modules.dossiers.portal import following
from tinhso.modules.dossiers.queries.drafts import lacking, must_hand_in
from tinhso.modules.dossiers.tests.factories import MESSAGE, MISSING, START, Office, after, everything, state
from tinhso.modules.procedures import door

pytestmark = pytest.mark.django_db
HOUSE, BRANCH = "1.013225", "nha_o_rieng_le"
MOST_FOR_A_READ, MOST_FOR_A_WRITE = 6, 12
REASON = "Tôi đổi ý, chưa xây nhà năm nay."
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    "1f15c4890000000d49444154789c6360f8cf500f0003860180345a5ba9"
    "0000000049454e44ae426082"
)


def image(name: str = "anh.png") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, PNG, "image/png")


def program(name: str = "anh.png") -> SimpleUploadedFile:
    """Something that is no image, whatever it calls itself."""
    return SimpleUploadedFile(name, b"MZ" + b"\0" * 200, "image/png")


class Portal(Office):
    """The office, a building permit that can be filed there, and the pages as the public sees them."""

    def __init__(self) -> None:
        super().__init__()
        door.publish_sample(HOUSE, valid_from=date(2026, 1, 1), at=START)
        self.house: Any = door.published(HOUSE, START.date())

    def said(self) -> dict[str, str]:
        """What somebody types who builds a house, as the pages post it."""
        here = self.province.commune.code
        return {
            "ho_ten": "Nguyễn Thị Lan", "so_dinh_danh": "079190012346", "dien_thoai": "0912345678",
            "noi_o_ward": here, "noi_o_street": "Số 12", "dia_diem_ward": here, "dia_diem_street": "Thửa 214",
            "so_thua": "214", "to_ban_do": "18", "dien_tich_dat": "126,4", "co_giay_chung_nhan": "co",
            "so_giay_chung_nhan": "AA 00123456", "dien_tich_tang_1": "80", "tong_dien_tich": "160", "so_tang": "2",
            "chieu_cao": "7,8", "co_tang_ham": "khong", "don_vi_thiet_ke": "Công ty A", "khoi_cong": "01/12/2026",
            "so_thang": "6", "cach_nhan": "dien_tu",
        }  # fmt: skip

    def begun(self, who: str = "lan") -> Draft:
        return actions.begin(procedure_code=HOUSE, branch=BRANCH, by=self.actor(who), at=START, prefill={})

    def answered(self) -> Draft:
        """All questions answered; the papers are missing."""
        draft = self.begun()
        said = self.said()
        places = {
            name: {"commune": said.pop(f"{name}_ward"), "detail": said.pop(f"{name}_street")}
            for name in ("noi_o", "dia_diem")
        }
        return actions.save(token=draft.token, answers=said | places, by=self.actor("lan"), at=START)

    def ready(self) -> Draft:
        draft = self.answered()
        Part.objects.bulk_create(
            Part(draft=draft, code=one.code, name=one.name[:300], added_at=START) for one in lacking(draft)
        )
        return draft


@pytest.fixture(scope="module")
def made(django_db_setup: None, django_db_blocker: Any) -> Iterator[Portal]:
    with lasting(django_db_blocker):
        yield Portal()


@pytest.fixture
def portal(made: Portal, db: None, monkeypatch: pytest.MonkeyPatch) -> Portal:
    """Tree and calendars are not looked for again in the middle of a page whose statements are counted."""
    for kept in (units, clock):
        monkeypatch.setattr(kept, "LOOK_AGAIN_SECONDS", 3600.0)
    return made


def client(portal: Portal, who: str = "lan") -> Client:
    made = Client()
    if who != "nobody":
        made.force_login(portal.accounts[who])
    return made


def page(draft: Draft, rest: str = "") -> str:
    return f"/ho-so/nhap/{draft.token}/{rest}"


def track(dossier: Dossier, rest: str = "") -> str:
    number = Case.objects.values_list("number", flat=True).get(pk=dossier.pk)
    return f"/ho-so/{number}/{rest}"


def cost(ask: Any) -> int:
    """Statements that the request itself needs; those of transactions and the look for a new tree are left out."""
    clock.calendar_for(None)
    units.tree()
    with CaptureQueriesContext(connection) as captured:
        ask()
    return sum(1 for one in captured if not one["sql"].startswith(("SAVEPOINT", "RELEASE", "ROLLBACK")))


# Beginning


def test_nobody_is_asked_to_sign_in_first(portal):
    answer = client(portal, "nobody").get(f"/ho-so/nop/{HOUSE}/")
    assert answer.status_code == 302
    assert "next=/ho-so/nop/" in answer["Location"]


def test_a_procedure_that_does_not_exist_is_not_found(portal):
    assert client(portal).get("/ho-so/nop/9.999999/").status_code == 404


def test_beginning_needs_the_case_one_is_in(portal):
    answer = client(portal).post(f"/ho-so/nop/{HOUSE}/", {})
    assert answer.status_code == 422
    assert not Draft.objects.exists()


def test_beginning_leads_to_the_first_question_with_what_is_known(portal):
    answer = client(portal).post(f"/ho-so/nop/{HOUSE}/", {"truong-hop": BRANCH})
    draft = Draft.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, page(draft, "chu_dau_tu/"))
    assert (draft.branch, draft.owner_id) == (BRANCH, portal.accounts["lan"].pk)
    assert draft.answers["so_dinh_danh"] == "079190012346"


def test_somebody_who_has_a_draft_is_led_back_to_it(portal):
    draft = portal.begun()
    answer = client(portal).get(f"/ho-so/nop/{HOUSE}/")
    assert page(draft) in answer.content.decode()


def test_just_after_midnight_a_procedure_in_force_since_today_can_be_begun(portal):
    """At half past midnight in Việt Nam it is still yesterday in Greenwich."""
    midnight = datetime(2025, 12, 31, 17, 30, tzinfo=UTC)
    draft = actions.begin(procedure_code=HOUSE, branch=BRANCH, by=portal.actor("lan"), at=midnight, prefill={})
    assert draft.version_id == portal.house.version_id


# Whose it is

DRAFT_PAGES = ("", "chu_dau_tu/", "giay-to/", "kiem-tra/")


@pytest.mark.parametrize("path", DRAFT_PAGES)
@pytest.mark.parametrize(("who", "status"), [("lan", 200), ("minh", 404), ("clerk", 404), ("nobody", 302)])
def test_a_draft_is_its_writers_alone(portal, path, who, status):
    assert client(portal, who).get(page(portal.begun(), path)).status_code == status


@pytest.mark.parametrize("path", ["luu/", "chu_dau_tu/", "giay-to/x/", "kiem-tra/", "xoa/", "tep/1/bo/"])
@pytest.mark.parametrize("who", ["minh", "handler"])
def test_nobody_else_writes_into_it(portal, path, who):
    draft = portal.answered()
    before = Draft.objects.filter(pk=draft.pk).values().get()
    assert client(portal, who).post(page(draft, path), {"ho_ten": "Kẻ khác", "file": image()}).status_code == 404
    assert Draft.objects.filter(pk=draft.pk).values().get() == before
    assert not Part.objects.exists()


def test_a_draft_that_never_was_is_not_found(portal):
    assert client(portal).get(f"/ho-so/nhap/{uuid4()}/").status_code == 404


def test_a_part_of_the_form_that_is_not_there_is_not_found(portal):
    assert client(portal).get(page(portal.begun(), "khong_co/")).status_code == 404


DOSSIER_PAGES = ("", "da-nop/", "vi-sao/", "bo-sung/", "rut/", "ket-qua/", "giay/1/", "tep/1/")


@pytest.mark.parametrize("path", DOSSIER_PAGES)
@pytest.mark.parametrize(("who", "status"), [("minh", 404), ("handler", 404), ("nobody", 302)])
def test_a_dossier_is_followed_by_its_owner_alone(portal, path, who, status):
    assert client(portal, who).get(track(portal.filed(), path)).status_code == status


@pytest.mark.parametrize("path", ["", "da-nop/", "vi-sao/", "rut/"])
def test_its_owner_follows_it(portal, path):
    assert client(portal).get(track(portal.accepted(), path)).status_code == 200


def test_a_code_is_understood_as_people_type_it(portal):
    number = portal.filed().case.number
    typed = number.replace("-", "–").lower()
    assert client(portal).get(f"/ho-so/{typed}/").status_code == 200


# Answering


def test_a_part_that_stands_leads_to_the_next(portal):
    draft = portal.begun()
    answer = client(portal).post(page(draft, "chu_dau_tu/"), portal.said() | {"revision": "1"})
    assert (answer.status_code, answer["Location"]) == (302, page(draft, "dia_diem/"))
    draft.refresh_from_db()
    assert draft.answers["ho_ten"] == "Nguyễn Thị Lan"
    assert draft.answers["noi_o"] == {"commune": portal.province.commune.code, "detail": "Số 12"}
    assert (draft.section, draft.sections_done, "so_thua" in draft.answers) == ("chu_dau_tu", ["chu_dau_tu"], False)


def test_what_cannot_stand_is_told_and_kept_all_the_same(portal):
    draft = portal.begun()
    said = portal.said() | {"so_dinh_danh": "12", "revision": "1"}
    answer = client(portal).post(page(draft, "chu_dau_tu/"), said)
    assert answer.status_code == 422
    draft.refresh_from_db()
    assert (draft.answers["so_dinh_danh"], draft.answers["ho_ten"]) == ("12", "Nguyễn Thị Lan")
    assert draft.sections_done == []
    assert 'value="12"' in answer.content.decode()


def test_changed_from_the_check_page_one_returns_there(portal):
    draft = portal.answered()
    answer = client(portal).post(page(draft, "chu_dau_tu/?tu=kiem-tra"), portal.said())
    assert answer["Location"] == page(draft, "kiem-tra/")


@pytest.mark.parametrize(
    ("chosen", "asked", "not_asked"),
    [("co", "so_giay_chung_nhan", "giay_to_khac"), ("khong", "giay_to_khac", "so_giay_chung_nhan")],
)
def test_an_answer_brings_up_its_questions_without_calling_them_errors(portal, chosen, asked, not_asked):
    draft = portal.begun()
    answer = client(portal).post(page(draft, "dat/"), {"co_giay_chung_nhan": chosen, "revision": "1"})
    text = answer.content.decode()
    assert answer.status_code == 200
    assert f'name="{asked}"' in text
    assert f'name="{not_asked}"' not in text
    assert "field-error" not in text
    again = client(portal).post(page(draft, "dat/"), {"co_giay_chung_nhan": chosen, asked: "", "revision": "2"})
    assert again.status_code == 422


def test_a_page_drawn_again_goes_nowhere(portal):
    draft = portal.begun()
    said = {"co_giay_chung_nhan": "co", "revision": "1"}
    answer = client(portal).post(page(draft, "dat/?ve-lai=1"), said)
    assert answer.status_code == 200
    assert "field-error" not in answer.content.decode()


@pytest.mark.parametrize("text", ["a\0b", "<script>alert(1)</script>", "' or 1=1 --", "đ" * 9000, "\u202egiả"])
def test_hostile_text_is_kept_as_text_and_breaks_nothing(portal, text):
    draft = portal.begun()
    answer = client(portal).post(page(draft, "chu_dau_tu/"), portal.said() | {"to_chuc": text, "revision": "1"})
    assert answer.status_code in (302, 422)
    assert "<script>alert" not in answer.content.decode()
    assert client(portal).post(page(draft, "luu/"), {"_field": "to_chuc", "to_chuc": text}).status_code == 204


def test_a_nought_byte_is_no_answer(portal):
    draft, form = portal.begun(), "application/x-www-form-urlencoded"
    answer = client(portal).post(page(draft, "luu/"), "_field=ho_ten&ho_ten=a%00b", content_type=form)
    assert answer.status_code == 204
    assert Draft.objects.get(pk=draft.pk).answers["ho_ten"] == "ab"
    dossier = portal.accepted()
    said = f"reason={REASON}%00".encode()
    assert client(portal).post(track(dossier, "rut/"), said, content_type=form).status_code == 302
    assert state(dossier) == "withdrawn"


def test_autosave_keeps_the_one_field_that_was_changed(portal):
    draft = portal.answered()
    answer = client(portal).post(page(draft, "luu/"), {"_field": "noi_o_street", "noi_o_street": "Số 15"})
    assert answer.status_code == 204
    draft.refresh_from_db()
    assert draft.answers["noi_o"] == {"commune": portal.province.commune.code, "detail": "Số 15"}
    assert draft.answers["ho_ten"] == "Nguyễn Thị Lan"


def test_a_page_that_knows_of_its_own_autosave_is_not_held_against_it(portal):
    draft = portal.answered()
    kept = client(portal).post(page(draft, "luu/"), {"_field": "ho_ten", "ho_ten": "Nguyễn Thị L"})
    assert kept["Draft-Revision"] == str(draft.revision + 1)
    said = portal.said() | {"revision": kept["Draft-Revision"]}
    assert client(portal).post(page(draft, "chu_dau_tu/"), said).status_code == 302
    assert Draft.objects.get(pk=draft.pk).answers["ho_ten"] == "Nguyễn Thị Lan"


def test_autosave_of_a_field_that_no_form_has_keeps_nothing(portal):
    draft = portal.answered()
    before = dict(draft.answers)
    assert client(portal).post(page(draft, "luu/"), {"_field": "x", "x": "y"}).status_code == 204
    assert Draft.objects.get(pk=draft.pk).answers == before


# Two tabs


def tabs(portal: Portal) -> tuple[Draft, dict[str, str]]:
    """One tab was opened at revision 2; in another one the land's number was changed since."""
    draft = portal.answered()
    opened = {"revision": str(draft.revision)} | {
        name: value
        for name, value in portal.said().items()
        if name.startswith(("dia_diem", "so_thua", "to_ban", "dien"))
    }
    client(portal).post(page(draft, "dia_diem/"), opened | {"so_thua": "300"})
    return draft, opened


def test_an_older_tab_is_shown_both_versions_and_overwrites_nothing(portal):
    draft, opened = tabs(portal)
    answer = client(portal).post(page(draft, "dia_diem/"), opened | {"so_thua": "215"})
    text = answer.content.decode()
    assert answer.status_code == 409
    assert "<td>300</td><td>215</td>" in text
    assert 'name="giu" value="ban-nay"' in text
    assert 'value="215"' in text  # what was typed still stands in its field
    assert Draft.objects.get(pk=draft.pk).answers["so_thua"] == "300"


def test_who_chose_their_own_version_keeps_it(portal):
    draft, opened = tabs(portal)
    answer = client(portal).post(page(draft, "dia_diem/"), opened | {"so_thua": "215", "giu": "ban-nay"})
    assert answer.status_code == 302
    assert Draft.objects.get(pk=draft.pk).answers["so_thua"] == "215"


def test_two_tabs_on_different_questions_do_not_meet(portal):
    draft, _opened = tabs(portal)
    answer = client(portal).post(page(draft, "chu_dau_tu/"), portal.said() | {"revision": "2"})
    assert answer.status_code == 302
    kept = Draft.objects.get(pk=draft.pk).answers
    assert (kept["so_thua"], kept["ho_ten"]) == ("300", "Nguyễn Thị Lan")


def test_the_same_answer_from_two_tabs_is_no_conflict(portal):
    draft, opened = tabs(portal)
    assert client(portal).post(page(draft, "dia_diem/"), opened | {"so_thua": "300"}).status_code == 302


# Papers


def add(portal: Portal, draft: Draft, *files: SimpleUploadedFile, by: Client | None = None, **headers: str) -> Any:
    code = next(one.code for one in door.components_for(portal.house, BRANCH) if must_hand_in(one))
    asking = by or client(portal)
    return asking.post(page(draft, f"giay-to/{code}/"), {"file": list(files)}, headers=headers)


def test_a_paper_is_added_shown_and_removed(portal):
    draft = portal.begun()
    assert add(portal, draft, image()).status_code == 302
    part = Part.objects.get(draft=draft)
    shown = client(portal).get(page(draft, f"tep/{part.pk}/"))
    assert (shown.status_code, shown["Content-Type"]) == (200, "image/png")
    assert client(portal, "minh").get(page(draft, f"tep/{part.pk}/")).status_code == 404
    for _twice in (1, 2):
        assert client(portal).post(page(draft, f"tep/{part.pk}/bo/")).status_code == 302
    assert not Part.objects.exists()


def test_a_file_that_is_refused_takes_no_other_with_it(portal):
    draft = portal.begun()
    answer = add(portal, draft, image("mot.png"), program(), image("hai.png"))
    assert answer.status_code == 422
    assert [part.attachment.name for part in Part.objects.filter(draft=draft)] == ["mot.png", "hai.png"]


def test_scripts_get_a_line_for_each_file_or_the_reason(portal):
    draft = portal.begun()
    good = add(portal, draft, image(), **{"X-Requested-With": "upload"})
    assert good.status_code == 200
    assert "anh.png" in good.content.decode()
    bad = add(portal, draft, program(), **{"X-Requested-With": "upload"})
    assert (bad.status_code, bad["Content-Type"]) == (422, "text/plain; charset=utf-8")


def test_no_file_and_an_unknown_paper_are_told(portal):
    draft = portal.begun()
    assert add(portal, draft).status_code == 422
    assert client(portal).post(page(draft, "giay-to/khong-co/"), {"file": image()}).status_code == 404


# Filing


def test_an_incomplete_draft_is_refused_and_kept(portal):
    draft = portal.answered()
    before = Draft.objects.filter(pk=draft.pk).values().get()
    answer = client(portal).post(page(draft, "kiem-tra/"))
    assert answer.status_code == 422
    assert "Hồ sơ chưa đủ." in answer.content.decode()
    assert Draft.objects.filter(pk=draft.pk).values().get() == before
    assert not Case.objects.exists()


def test_filing_twice_gives_one_dossier_and_one_confirmation(portal):
    draft = portal.ready()
    answers = [client(portal).post(page(draft, "kiem-tra/")) for _ in range(2)]
    number = Case.objects.get().number
    assert [(one.status_code, one["Location"]) for one in answers] == [(302, f"/ho-so/{number}/da-nop/")] * 2
    assert Entry.objects.filter(verb="dossier.file").count() == 1
    assert not Part.objects.filter(draft__isnull=False).exists()
    for path in DRAFT_PAGES:
        assert client(portal).get(page(draft, path))["Location"] == f"/ho-so/{number}/da-nop/"


def test_a_filed_draft_takes_no_answer_and_no_paper_any_more(portal):
    draft = portal.ready()
    client(portal).post(page(draft, "kiem-tra/"))
    before = Draft.objects.filter(pk=draft.pk).values().get()
    assert client(portal).post(page(draft, "luu/"), {"_field": "ho_ten", "ho_ten": "Khác"}).status_code == 204
    assert client(portal).post(page(draft, "chu_dau_tu/"), portal.said()).status_code == 302
    assert client(portal).post(page(draft, "xoa/")).status_code == 422
    assert Draft.objects.filter(pk=draft.pk).values().get() == before


def test_a_draft_is_thrown_away_by_its_owner(portal):
    draft = portal.begun()
    assert client(portal).post(page(draft, "xoa/"))["Location"] == "/ho-so/"
    assert not Draft.objects.exists()


# Following


def test_my_dossiers_are_mine_those_that_wait_for_me_first(portal):
    portal.supplementing()
    portal.filed(after(1))
    portal.begun()
    text = client(portal).get("/ho-so/").content.decode()
    assert text.index("Cần bổ sung") < text.index("Đã nộp")
    number = Case.objects.values_list("number", flat=True).first()
    assert number in text
    assert number not in client(portal, "minh").get("/ho-so/").content.decode()


def test_a_supplement_is_handed_in_once(portal):
    dossier = portal.supplementing()
    answer = client(portal).post(track(dossier, "bo-sung/"), {"file-0": image(), "answer": "Tôi gửi thêm."})
    assert answer.status_code == 302
    assert state(dossier) == "processing"
    asked = Supplement.objects.get(dossier=dossier)
    assert (asked.answer, asked.answered_at is not None) == ("Tôi gửi thêm.", True)
    part = Part.objects.get(dossier=dossier, round=1)
    assert (part.code, part.name) == (MISSING[0].code, MISSING[0].name)
    before = everything(dossier)
    again = client(portal).post(track(dossier, "bo-sung/"), {"answer": "Lần nữa."})
    assert again["Location"] == track(dossier)
    assert everything(dossier) == before


def test_completing_before_acceptance_is_the_same_page(portal):
    dossier = portal.filed()
    actions.ask_completion(dossier_id=dossier.pk, message=MESSAGE, missing=MISSING, by=portal.actor("clerk"),
                           at=after(hours=1))  # fmt: skip
    assert client(portal).post(track(dossier, "bo-sung/"), {"file-0": image()}).status_code == 302
    assert state(dossier) == "filed"


@pytest.mark.parametrize(("said", "words"), [({}, "Thêm ít nhất một giấy tờ"), ({"answer": "   "}, "Thêm ít nhất")])
def test_an_empty_supplement_is_refused_and_changes_nothing(portal, said, words):
    dossier = portal.supplementing()
    before = everything(dossier)
    answer = client(portal).post(track(dossier, "bo-sung/"), said)
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert everything(dossier) == before


def test_a_bad_file_sends_nothing_and_what_was_written_is_kept(portal):
    dossier = portal.supplementing()
    before = everything(dossier)
    answer = client(portal).post(track(dossier, "bo-sung/"), {"file-0": program(), "answer": "Bản chụp mới."})
    assert answer.status_code == 422
    assert "Bản chụp mới." in answer.content.decode()
    assert everything(dossier) == before


def test_nobody_else_answers_for_the_applicant(portal):
    dossier = portal.supplementing()
    before = everything(dossier)
    for path in ("bo-sung/", "rut/"):
        assert client(portal, "minh").post(track(dossier, path), {"answer": "x", "reason": REASON}).status_code == 404
    assert everything(dossier) == before


def test_withdrawing_needs_a_reason_and_happens_once(portal):
    dossier = portal.accepted()
    assert client(portal).post(track(dossier, "rut/"), {"reason": "thôi"}).status_code == 422
    assert state(dossier) == "received"
    assert client(portal).post(track(dossier, "rut/"), {"reason": REASON}).status_code == 302
    assert state(dossier) == "withdrawn"
    again = client(portal).post(track(dossier, "rut/"), {"reason": REASON})
    assert again.status_code == 422
    assert Entry.objects.filter(case_id=dossier.pk, verb="dossier.withdraw").count() == 1


def result(portal: Portal) -> Dossier:
    from tinhso.kernel.files import actions as files

    dossier = portal.to_sign()
    kept = files.store_made(b"%PDF-1.7\n%%EOF\n", name="ket-qua.pdf", purpose="dossiers.result")
    Dossier.objects.filter(pk=dossier.pk).update(result=kept, signed_at=after(2), result_number="01/GXN")
    return dossier


def test_a_result_that_is_signed_but_not_issued_is_not_found(portal):
    dossier = result(portal)
    assert client(portal).get(track(dossier, "ket-qua/")).status_code == 404
    assert "ket-qua/" not in client(portal).get(track(dossier)).content.decode()


def test_an_issued_result_is_its_owners(portal):
    dossier = result(portal)
    Case.objects.filter(pk=dossier.pk).update(state="finished", phase=3, settled_at=after(2))
    answer = client(portal).get(track(dossier, "ket-qua/"))
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
    assert client(portal, "minh").get(track(dossier, "ket-qua/")).status_code == 404
    assert track(dossier, "ket-qua/") in client(portal).get(track(dossier)).content.decode()


def test_issued_papers_are_the_applicants_inner_ones_are_not(portal, monkeypatch):
    monkeypatch.setattr(following, "typeset", lambda *given, **more: b"%PDF")
    dossier = portal.accepted()
    form = Paper.objects.get(dossier=dossier, form="01")
    assert client(portal).get(track(dossier, f"giay/{form.pk}/")).status_code == 200
    inner = Paper.objects.create(dossier=dossier, form="06", template="form06", issued_at=START)
    assert client(portal).get(track(dossier, f"giay/{inner.pk}/")).status_code == 404
    assert track(dossier, f"giay/{inner.pk}/") not in client(portal).get(track(dossier)).content.decode()


def test_the_applicant_reads_no_internal_note(portal):
    dossier = portal.at_work()
    actions.note(dossier_id=dossier.pk, text="Nghi ngờ giấy tờ giả", by=portal.actor("handler"), at=after(hours=2))
    assert "Nghi ngờ" not in client(portal).get(track(dossier)).content.decode()


def test_why_the_date_is_what_it_is(portal):
    text = client(portal).get(track(portal.accepted(), "vi-sao/")).content.decode()
    assert "19/11/2026" in text
    assert "Chưa đến hạn" in text or "Không giữ được" in text


# What it costs


@pytest.mark.parametrize("path", ["", "da-nop/", "vi-sao/", "bo-sung/", "rut/"])
def test_a_page_about_a_dossier_takes_few_statements(portal, path):
    url, asking = track(portal.supplementing(), path), client(portal)
    asking.get(url)
    assert cost(lambda: asking.get(url)) <= MOST_FOR_A_READ


def test_the_list_takes_the_same_statements_however_long_it_is(portal):
    asking = client(portal)
    portal.filed()
    asking.get("/ho-so/")
    first = cost(lambda: asking.get("/ho-so/"))
    for number in range(3):
        portal.filed(after(number + 1))
        portal.begun()
    assert cost(lambda: asking.get("/ho-so/")) == first <= MOST_FOR_A_READ


@pytest.mark.parametrize("path", DRAFT_PAGES)
def test_a_page_of_a_draft_takes_few_statements(portal, path):
    draft, asking = portal.ready(), client(portal)
    asking.get(page(draft, path))
    assert cost(lambda: asking.get(page(draft, path))) <= MOST_FOR_A_READ


def test_writing_takes_few_statements(portal):
    draft, asking = portal.ready(), client(portal)
    asking.get(page(draft))
    saved = portal.said() | {"revision": str(draft.revision)}
    other = portal.begun()
    costs = {
        "save": cost(lambda: asking.post(page(draft, "chu_dau_tu/"), saved)),
        "autosave": cost(lambda: asking.post(page(draft, "luu/"), {"_field": "ho_ten", "ho_ten": "Lan"})),
        "add": cost(lambda: add(portal, other, image(), by=asking)),
        "file": cost(lambda: asking.post(page(draft, "kiem-tra/"))),
    }
    assert {name: one for name, one in costs.items() if one > MOST_FOR_A_WRITE} == {}
