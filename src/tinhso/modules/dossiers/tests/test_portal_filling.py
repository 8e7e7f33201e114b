"""Filling in and filing as people do it: whose it is, what is kept, what happens twice, what it costs."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tinhso.kernel.cases.models import Case
from tinhso.kernel.journal.models import Entry
from tinhso.modules.dossiers import actions
from tinhso.modules.dossiers.models import Draft, Part
from tinhso.modules.dossiers.queries.drafts import must_hand_in
from tinhso.modules.dossiers.tests.factories import state
from tinhso.modules.dossiers.tests.on_portal import (
    BRANCH,
    HOUSE,
    MOST_FOR_A_READ,
    MOST_FOR_A_WRITE,
    REASON,
    Portal,
    client,
    cost,
    image,
    page,
    program,
    track,
)
from tinhso.modules.procedures import door

pytestmark = pytest.mark.django_db


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


# What it costs


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
