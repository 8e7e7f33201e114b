"""A certified e-copy: asked for, compared, signed by the officer, sealed by the agency, verified by anybody."""

from __future__ import annotations

import subprocess
from datetime import datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from tinhso.kernel.clock.rules import VIETNAM
from tinhso.kernel.errors import NotAllowed, Refusal
from tinhso.kernel.files.queries import content
from tinhso.kernel.journal.models import Entry
from tinhso.kernel.notices.models import Notice
from tinhso.kernel.papers.scanning import Page
from tinhso.kernel.papers.scanning import Scan as Read
from tinhso.kernel.papers.signing import page_count, verify
from tinhso.kernel.papers.typesetting import drawing
from tinhso.kernel.testing.browsing import prove
from tinhso.kernel.testing.jobs import run_jobs
from tinhso.modules.vault import actions, door, jobs
from tinhso.modules.vault.models import Certification, Item
from tinhso.modules.vault.tests.factories import Counter, photo

pytestmark = [pytest.mark.django_db]
AT = datetime(2026, 11, 16, 9, 0, tzinfo=VIETNAM)  # a Monday
ARCHIVE = drawing('#set page(paper: "a4")\nGIẤY KHAI SINH#pagebreak()Trang hai', {})


@pytest.fixture
def counter(monkeypatch: pytest.MonkeyPatch) -> Counter:
    pages = (Page(1, 300, False, 3), Page(2, 300, False, 2))
    monkeypatch.setattr(jobs, "digitise", lambda *_, **__: Read(ARCHIVE, "GIẤY KHAI SINH\fTrang hai", pages))
    return Counter()


def asked(counter: Counter, who: str = "lan", **more: Any) -> Certification:
    given = {"title": "Giấy khai sinh", "unit_id": counter.province.commune.pk, "pages": 1, "request_key": "k"} | more
    return actions.request_copy(**given, by=counter.actor(who), at=AT)


def scanned(counter: Counter, copy: Certification) -> None:
    file = BytesIO(photo("x", size=(200, 280)))
    one = actions.add_file(case_id=copy.pk, part_id=None, name=copy.title, stream=file, file_name="x.jpg",
                           by=counter.actor("clerk"), at=AT)  # fmt: skip
    actions.send_to_read(scan_id=one.scan_id, by=counter.actor("clerk"), at=AT)
    run_jobs()


def issued(counter: Counter) -> Certification:
    copy = asked(counter)
    scanned(counter, copy)
    actions.compare(case_id=copy.pk, pages=3, by=counter.actor("clerk"), at=AT + timedelta(hours=1))
    actions.sign(case_id=copy.pk, by=counter.actor("leader"), at=AT + timedelta(hours=2))
    return actions.issue(case_id=copy.pk, by=counter.actor("registrar"), at=AT + timedelta(hours=3))


@pytest.mark.slow
def test_two_signatures_a_number_a_code_and_a_place_in_the_vault(counter: Counter, tmp_path: Path) -> None:
    copy = issued(counter)
    run_jobs()
    pdf = content(copy.copy)
    assert page_count(pdf) == 3
    assert [(one.signer, one.is_valid) for one in verify(pdf)] == [
        ("Trần Văn Leader", True), ("Ủy ban nhân dân phường Tân Ninh", True),
    ]  # fmt: skip
    path = tmp_path / "copy.pdf"
    path.write_bytes(pdf)
    seen = subprocess.run(["pdfsig", "-nocert", str(path)], capture_output=True, text=True, check=False).stdout
    assert seen.count("Signature is Valid") == 2
    text = subprocess.run(["pdftotext", str(path), "-"], capture_output=True, text=True, check=True).stdout
    assert "CHỨNG THỰC BẢN SAO ĐÚNG VỚI BẢN CHÍNH" in text
    assert "01/2026-SCT/BS-ĐT" in text
    assert copy.code in text
    item = Item.objects.get()
    assert (item.origin, item.kind, item.person, item.signature) == (
        "certified", "khai_sinh", counter.person("lan"), "demo",
    )  # fmt: skip
    assert (copy.register_number, copy.fee, copy.case.state) == ("01/2026-SCT/BS-ĐT", 5000, "issued")
    assert Notice.objects.filter(account=counter.accounts["lan"], kind="certification.issue").count() == 1


def test_it_is_due_on_the_same_day_or_the_next_working_day_after_three(counter: Counter) -> None:
    assert asked(counter).case.due_at.date() == AT.date()
    late = actions.request_copy(title="Bằng đại học", unit_id=counter.province.commune.pk, pages=1, request_key="z",
                                by=counter.actor("lan"), at=AT.replace(hour=15, minute=30))  # fmt: skip
    assert late.case.due_at.astimezone(VIETNAM).date() == AT.date() + timedelta(days=1)


def test_the_same_request_sent_twice_stays_one_and_another_persons_key_opens_nothing(counter: Counter) -> None:
    first = asked(counter)
    assert asked(counter) == first
    assert asked(counter, "minh") != first
    assert Certification.objects.count() == 2


def test_a_clerk_asks_for_somebody_at_the_counter_and_nobody_else_may(counter: Counter) -> None:
    person = counter.person("lan").pk
    assert asked(counter, "clerk", person_id=person).case.owner_id == counter.accounts["lan"].pk
    before = Certification.objects.count(), Entry.objects.count()
    for who in ("minh", "handler", "neighbour"):
        with pytest.raises(NotAllowed):
            asked(counter, who, person_id=person, request_key="y")
    for bad in (
        {"title": " "},
        {"pages": 0},
        {"pages": 1000},
        {"unit_id": counter.province.department.pk},
        {"unit_id": 0},
    ):
        with pytest.raises(Refusal):
            asked(counter, **{"request_key": "x", **bad})
    assert (Certification.objects.count(), Entry.objects.count()) == before


def test_nothing_is_compared_without_a_scan_nor_signed_by_who_may_not(counter: Counter) -> None:
    copy = asked(counter)
    with pytest.raises(Refusal) as no:
        actions.compare(case_id=copy.pk, pages=1, by=counter.actor("clerk"), at=AT)
    assert no.value.code == "vault.not_scanned"
    scanned(counter, copy)
    actions.compare(case_id=copy.pk, pages=2, by=counter.actor("clerk"), at=AT)
    before = list(Certification.objects.values()), Entry.objects.count()
    for who in ("lan", "clerk", "registrar", "neighbour"):
        with pytest.raises(NotAllowed):
            actions.sign(case_id=copy.pk, by=counter.actor(who), at=AT)
    with pytest.raises(Refusal):
        actions.issue(case_id=copy.pk, by=counter.actor("registrar"), at=AT)
    with pytest.raises(Refusal):
        actions.cancel(case_id=copy.pk, by=counter.actor("lan"), at=AT)
    assert (list(Certification.objects.values()), Entry.objects.count()) == before
    actions.refuse(case_id=copy.pk, reason="Bản chính bị tẩy xóa ở trang 2.", by=counter.actor("clerk"), at=AT)
    run_jobs()
    assert Notice.objects.get(kind="certification.refuse").body == "Bản chính bị tẩy xóa ở trang 2."


def test_what_a_copy_costs_can_be_asked_by_other_modules(counter: Counter) -> None:
    copy = asked(counter, pages=10)
    due = door.copy_fee(copy.pk)
    assert due is not None
    assert (due.fee, due.pages, due.number, due.compared_at) == (12_000, 10, copy.case.number, None)
    assert door.copy_fee(0) is None
    assert door.fee(3) == 5000


@pytest.mark.slow
def test_anybody_verifies_a_copy_and_learns_no_name_but_the_officers(counter: Counter) -> None:
    copy = issued(counter)
    client, pdf = Client(), content(copy.copy)
    assert client.post(reverse("vault:verify"), {"code": copy.code.lower()}).status_code == 302
    page = reverse("vault:verified", args=[copy.code])
    text = client.get(page).content.decode()
    assert "Mã hợp lệ" in text
    assert "Trần Văn Leader" in text
    assert "Nguyễn Thị Lan" not in text
    assert copy.case.number not in text
    same = client.post(page, {"file": SimpleUploadedFile("a.pdf", pdf)}).content.decode()
    assert "Đúng tệp đã cấp" in same
    other = client.post(page, {"file": SimpleUploadedFile("a.pdf", pdf + b" ")}).content.decode()
    assert "Không phải tệp đã cấp" in other
    assert client.get(reverse("vault:verified", args=["BS-AAAAA-AAAAA"])).status_code == 404
    actions.revoke(token=Item.objects.get().token, reason="Phát hiện bản chính giả", by=counter.actor("leader"), at=AT)
    assert "đã bị thu hồi" in client.get(page).content.decode()


def test_pages_lead_a_request_from_the_citizen_to_the_register(counter: Counter) -> None:
    browsers = {who: Client() for who in ("lan", "minh", "clerk", "leader", "neighbour")}
    for who, browser in browsers.items():
        browser.force_login(counter.accounts[who])
        prove(browser, counter.accounts[who])
    said = {"title": "Giấy khai sinh", "pages": "2", "unit": counter.province.commune.pk, "request_key": "a"}
    assert browsers["lan"].post(reverse("vault:requests"), {**said, "unit": ""}).status_code == 422
    assert browsers["lan"].post(reverse("vault:requests"), said).status_code == 302
    copy = Certification.objects.get()
    own, desk = (reverse(f"vault:{page}", args=[copy.case.number]) for page in ("request", "certification"))
    assert "4.000" in browsers["lan"].get(own).content.decode()
    assert browsers["minh"].get(own).status_code == 404
    assert browsers["neighbour"].get(desk).status_code == 404
    assert browsers["lan"].get(desk).status_code == 403
    assert copy.case.number in browsers["clerk"].get(reverse("vault:register")).content.decode()
    add = reverse("vault:certification_add", args=[copy.case.number])
    picture = SimpleUploadedFile("x.jpg", photo("x", size=(200, 280)))
    assert browsers["clerk"].post(add, {"file": picture}).status_code == 302
    scan = copy.case_id
    act = reverse("vault:certification_act", args=[copy.case.number, "doi-chieu"])
    assert browsers["clerk"].post(act, {"pages": "2"}).status_code == 422
    assert browsers["clerk"].post(act, {"pages": "2", "compared": "1"}).status_code == 422
    assert browsers["leader"].post(reverse("vault:certification_act", args=[copy.case.number, "ky"])).status_code == 422
    assert scan
    assert browsers["lan"].post(reverse("vault:cancel", args=[copy.case.number])).status_code == 302
    assert "Đã rút" in browsers["lan"].get(own).content.decode()
    walk_in = {"identity_number": "079190012346", "full_name": "Nguyễn Thị Lan", "title": "Bằng lái", "pages": "1"}
    assert browsers["clerk"].post(reverse("vault:receive"), {**walk_in, "identity_number": "12"}).status_code == 422
    assert browsers["clerk"].post(reverse("vault:receive"), walk_in).status_code == 302
