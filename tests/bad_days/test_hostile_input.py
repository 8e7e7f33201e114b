"""Whatever is typed into a form, or sent as a file, is kept or refused with a sentence; the server never breaks."""

from __future__ import annotations

import io
import unicodedata
import zipfile
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some
from tests import world as making
from tests.access import asking
from tests.answers import fitting, posted

from tinhso.kernel.cases.models import Case
from tinhso.kernel.files.models import Attachment
from tinhso.kernel.journal.models import Entry
from tinhso.kernel.testing.lasting import lasting
from tinhso.modules.dossiers.models import Draft
from tinhso.modules.dossiers.queries import drafts
from tinhso.modules.procedures import door

pytestmark = [pytest.mark.bad_day, pytest.mark.slow, pytest.mark.django_db]

VIETNAMESE = "Nguyễn Thị Ánh Tuyết ở ấp Hòa Đông, xã Thủy Đông"
HOSTILE = (
    "", " ", "\x00", "a\x00b", "\ud7ff", "\ufffe", "\u202etxet", "\u200b" * 20, "'; drop table cases_case; --",
    "<script>alert(1)</script>", "{{ 7*7 }}{% debug %}", "${7*7}", "../../../../etc/passwd", "%00%0a%0d", "=1+1",
    "9" * 400, "-1", "1e309", "NaN", "Infinity", "٣٤٥", "１２３", "31/02/2026", "00/00/0000", "99999-99-99",
    unicodedata.normalize("NFD", VIETNAMESE), VIETNAMESE * 20, "ấ" * 7_000, "😀" * 3000, "\r\n" * 2000,
    "null", "[]", "{}",
)  # fmt: skip
TEXT = some.one_of(
    some.sampled_from(HOSTILE),
    some.text(max_size=60),
    some.text(alphabet="0123456789.,/-+eE ", max_size=24),
)


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[making.World]:
    with lasting(django_db_blocker):
        yield making.populate(making.build())


@pytest.fixture(scope="module")
def lan(world: making.World) -> Client:
    return asking.clients(world)["lan"]


def _names(draft: Draft, section: Any) -> list[str]:
    """The names under which the fields of a section are posted, asked or not."""
    named = []
    for field in section.fields:
        named += [f"{field.code}_ward", f"{field.code}_street"] if field.type == "address" else [field.code]
    return named


@pytest.mark.parametrize("words", HOSTILE, ids=lambda words: repr(words[:12]))
def test_every_field_of_every_section_takes_or_refuses_it(words: str, world: making.World, lan: Client) -> None:
    draft = world.draft
    assert draft is not None
    sheet = door.sheet(draft.version_id)
    for section in door.form_for(sheet, draft.branch):
        body = dict.fromkeys(_names(draft, section), words)
        with asking.taken_back():
            page = lan.post(f"/ho-so/nhap/{draft.token}/{section.code}/", body)
            assert page.status_code in (302, 404, 409, 422), (section.code, page.status_code)
            assert lan.post(f"/ho-so/nhap/{draft.token}/luu/", body).status_code == 204
            assert lan.get(f"/ho-so/nhap/{draft.token}/kiem-tra/").status_code == 200
            assert lan.get(f"/ho-so/nhap/{draft.token}/").status_code == 200


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=some.data())
def test_chance_finds_no_answer_that_breaks_a_form(data: some.DataObject, world: making.World, lan: Client) -> None:
    sheets = [one for one in door.all_published(making.AT.date()).values() if one.is_online and one.content.form]
    sheet = data.draw(some.sampled_from(sheets), label="procedure")
    branch = data.draw(some.sampled_from([one.code for one in sheet.branches] or [""]))
    form = door.form_for(sheet, branch)
    section = data.draw(some.sampled_from(form), label="section")
    with asking.taken_back():
        draft = Draft.objects.create(
            owner=world.lan, procedure_code=sheet.code, version_id=sheet.version_id, branch=branch, title=sheet.name,
            answers=fitting(form, world.province.commune.code), saved_at=making.AT,
        )  # fmt: skip
        body = {name: data.draw(TEXT, label=name) for name in _names(draft, section)}
        page = lan.post(f"/ho-so/nhap/{draft.token}/{section.code}/", body)
        assert page.status_code in (302, 404, 409, 422)
        assert lan.get(f"/ho-so/nhap/{draft.token}/kiem-tra/").status_code == 200
        kept = " ".join(str(value) for value in Draft.objects.get(pk=draft.pk).answers.values())
        assert "\x00" not in kept


def test_decomposed_letters_are_filed_as_whole_ones(world: making.World, lan: Client) -> None:
    draft = making.drafted(world)
    section = door.form_for(door.sheet(draft.version_id), draft.branch)[0]
    body = {**posted([section], draft.answers), "ho_ten": unicodedata.normalize("NFD", "Nguyễn Thị Ánh")}
    assert lan.post(f"/ho-so/nhap/{draft.token}/{section.code}/", body).status_code == 302
    assert lan.post(f"/ho-so/nhap/{draft.token}/kiem-tra/").status_code == 302
    assert Case.objects.latest("pk").applicant == "Nguyễn Thị Ánh"


@pytest.mark.parametrize("code", ["1.004873", "1.001193", "1.001612", "2.000815", "1.000656"])
def test_a_dossier_can_be_filed_from_what_the_pages_ask(code: str, world: making.World, lan: Client) -> None:
    """Only the names that the pages show are posted, page after page, until it is filed."""
    sheet = door.published(code, making.AT.date())
    assert sheet is not None
    branch = sheet.branches[0].code if sheet.branches else ""
    form = door.form_for(sheet, branch)
    answers = fitting(form, world.province.commune.code)
    begun = lan.post(f"/ho-so/nop/{code}/", {"truong-hop": branch})
    token = begun["Location"].split("/")[3]
    for section in form:
        said = posted([section], answers)
        if said:
            assert lan.post(f"/ho-so/nhap/{token}/{section.code}/", said).status_code == 302
    for component in drafts.lacking(Draft.objects.get(token=token)):
        photo = SimpleUploadedFile("anh.png", making.PHOTO, "image/png")
        assert lan.post(f"/ho-so/nhap/{token}/giay-to/{component.code}/", {"file": photo}).status_code == 302
    asked = "noi_giai_quyet" in lan.get(f"/ho-so/nhap/{token}/kiem-tra/").content.decode()
    said = {"noi_giai_quyet": world.province.commune.code} if asked else {}
    filed = lan.post(f"/ho-so/nhap/{token}/kiem-tra/", said)
    assert (filed.status_code, filed.get("Location", "").endswith("/da-nop/")) == (302, True)


def _archive_bomb() -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as parts:
        parts.writestr("word/document.xml", b"0" * 30_000_000)
    return packed.getvalue()


LYING = {
    "trang.pdf": b"<html><script>alert(1)</script></html>",
    "anh.jpg": b"MZ\x90\x00" + b"\x00" * 200,
    "anh.png": b"#!/bin/sh\nrm -rf /\n",
    "anh.svg": b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
    "don.docx": _archive_bomb(),
    "rong.pdf": b"",
    "../../../etc/cron.d/x.pdf": b"not a pdf",
}


@pytest.mark.parametrize("name", LYING)
def test_a_file_that_lies_is_refused_with_a_sentence(name: str, world: making.World, lan: Client) -> None:
    draft = world.draft
    assert draft is not None
    before = Attachment.objects.count(), draft.parts.count()
    code = draft.parts.all()[0].code
    address = f"/ho-so/nhap/{draft.token}/giay-to/{code}/"
    for header in ({}, {"X-Requested-With": "upload"}):
        file = SimpleUploadedFile("x", LYING[name], "application/pdf")
        file.name = name
        answer = lan.post(address, {"file": file}, headers=header)
        assert answer.status_code == 422
        assert len(answer.content) > 20
    assert (Attachment.objects.count(), draft.parts.count()) == before


def test_a_good_file_is_kept_under_a_name_of_its_own(world: making.World, lan: Client) -> None:
    draft = world.draft
    assert draft is not None
    code = draft.parts.all()[0].code
    file = SimpleUploadedFile("x", making.PHOTO)
    file.name = "../../ảnh\r\nSet-Cookie: a=b.png"
    assert lan.post(f"/ho-so/nhap/{draft.token}/giay-to/{code}/", {"file": file}).status_code == 302
    part = draft.parts.latest("pk")
    assert part.attachment is not None
    shown = lan.get(f"/ho-so/nhap/{draft.token}/tep/{part.pk}/")
    assert shown.status_code == 200
    assert not set("\r\n") & set("".join(f"{name}{value}" for name, value in shown.headers.items()))
    assert shown["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("words", [words for words in HOSTILE if words.strip()], ids=lambda words: repr(words[:12]))
def test_searches_and_look_ups_take_anything(words: str, world: making.World) -> None:
    browsers = asking.clients(world)
    for who, path, name in (
        ("nobody", "/tim-kiem/", "q"),
        ("nobody", "/thu-tuc/", "q"),
        ("nobody", "/dia-chi/goi-y", "q"),
        ("specialist", "/lam-viec/", "tim"),
        ("specialist", "/lam-viec/tra-cuu-ho-so/", "q"),
        ("clerk", "/lam-viec/quay/tim/", "q"),
        ("specialist", "/api/v1/dossiers/", "text"),
        ("lan", "/ho-so/", "truoc"),
    ):
        assert browsers[who].get(path, {name: words[:3000]}).status_code < 500, path
    assert browsers["nobody"].post("/tra-cuu/", {"ma": words, "so": words, "number": words}).status_code < 500


def test_numbers_guessed_one_after_another_tell_nothing(world: making.World) -> None:
    """Existing and invented numbers are answered alike, and asking on and on is slowed down."""
    browser = asking.clients(world)["nobody"]
    real, entries = world.dossiers["processing"].case.number, Entry.objects.count()
    invented = real[:-4] + "9876"
    alike = {}
    for number in (real, invented):
        found = browser.get(f"/tra-cuu/{number}/khoa-doan-mo/")
        alike[number] = (found.status_code, found.content.decode().replace(number, "…"))
    assert alike[real][0] == alike[invented][0]
    assert "Nguyễn" not in alike[real][1]
    statuses = [browser.get(f"/tra-cuu/{real[:-4]}{n:04d}/khoa/").status_code for n in range(80)]
    assert 429 in statuses
    assert Entry.objects.count() == entries
