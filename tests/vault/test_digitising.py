"""Papers scanned at the counter: read, compared, signed, and what happens when a reader fails."""

from __future__ import annotations

from datetime import date
from io import BytesIO
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from tests.vault.papers import received, scanned

from tinhso.kernel.errors import NotAllowed, NotFound, Refusal
from tinhso.kernel.facts.models import Fact
from tinhso.kernel.files.queries import content
from tinhso.kernel.files.rules import JPEG
from tinhso.kernel.notices.models import Notice
from tinhso.kernel.papers.scanning import Scan as Read
from tinhso.kernel.papers.signing import verify
from tinhso.kernel.testing.browsing import prove
from tinhso.kernel.testing.jobs import run_jobs
from tinhso.modules.dossiers.models import Part
from tinhso.modules.dossiers.tests.factories import START, Office, after, everything
from tinhso.modules.vault import actions, jobs
from tinhso.modules.vault.models import Item, Scan
from tinhso.modules.vault.tests.factories import photo

pytestmark = [pytest.mark.django_db]


@pytest.mark.slow
def test_a_paper_scanned_at_the_counter_is_signed_counted_and_offered_next_time(office: Office) -> None:
    dossier = received(office, "Giấy khai sinh", "Trích lục khai tử")
    first, second = dossier.parts.filter(source="paper").order_by("id")
    scan = scanned(office, dossier, first)
    assert (scan.state, len(scan.pages), scan.files.count()) == ("ready", 2, 2)
    actions.sign_copy(
        scan_id=scan.pk, by=office.actor("clerk"), at=after(hours=2), number="15", issued_on=date(1990, 1, 2)
    )
    first.refresh_from_db()
    assert (first.source, first.is_digitised, first.signature, first.signed_by) == (
        "scan",
        True,
        "demo",
        "Trần Văn Clerk",
    )
    report = verify(content(first.attachment))[0]
    assert (report.is_valid, report.signer, report.signed_at) == (True, "Trần Văn Clerk", after(hours=2))
    item = Item.objects.get()
    assert (item.kind, item.number, item.is_digitised, item.person) == (
        "khai_sinh", "15", True, office.accounts["lan"].person,
    )  # fmt: skip
    run_jobs()
    assert not Fact.objects.filter(name="vault.digitised").exists()
    actions.sign_copy(scan_id=scanned(office, dossier, second).pk, by=office.actor("clerk"), at=after(hours=3))
    run_jobs()
    assert Fact.objects.filter(name="vault.digitised").count() == 1
    assert Fact.objects.filter(name="vault.papers_digitised").count() == 2
    from tinhso.modules.dossiers.queries.kept import offered

    fitting = offered({"ks": "Giấy khai sinh của con"}, person_id=item.person_id, by=office.actor("lan"), at=after(5))
    assert [(one.key, one.signed) for one in fitting["ks"]] == [(f"kho/{item.pk}", "Chữ ký số thử nghiệm")]


def test_who_may_not_digitise_is_refused_and_nothing_changes(office: Office) -> None:
    dossier = received(office, "Giấy khai sinh")
    part = dossier.parts.get(source="paper")
    scan = scanned(office, dossier, part)
    before = everything(dossier), list(Scan.objects.values()), Item.objects.count()
    for who in ("lan", "handler", "neighbour"):
        with pytest.raises((NotAllowed, NotFound)):
            actions.sign_copy(scan_id=scan.pk, by=office.actor(who), at=after(hours=2))
        with pytest.raises((NotAllowed, NotFound)):
            actions.add_file(case_id=dossier.pk, part_id=part.pk, name="x", stream=BytesIO(photo(size=(90, 90))),
                             file_name="x.jpg", by=office.actor(who), at=after(hours=2))  # fmt: skip
    assert (everything(dossier), list(Scan.objects.values()), Item.objects.count()) == before


def test_a_scan_that_cannot_be_read_says_why_and_keeps_its_files(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stumble(*_: Any, **__: Any) -> Read:
        raise Refusal("papers.encrypted", "Tệp có mật khẩu.")

    good = jobs.digitise
    monkeypatch.setattr(jobs, "digitise", stumble)
    dossier = received(office, "Giấy khai sinh")
    part = dossier.parts.get(source="paper")
    scan = scanned(office, dossier, part)
    assert (scan.state, scan.problem, scan.message, scan.files.count()) == (
        "failed", "papers.encrypted", "Tệp có mật khẩu.", 2,
    )  # fmt: skip
    assert Notice.objects.get(kind="vault.scan_failed").account == office.accounts["clerk"]
    with pytest.raises(Refusal):
        actions.sign_copy(scan_id=scan.pk, by=office.actor("clerk"), at=after(hours=2))
    monkeypatch.setattr(jobs, "digitise", good)
    actions.read_again(scan_id=scan.pk, by=office.actor("clerk"), at=after(hours=2))
    run_jobs()
    assert Scan.objects.get().state == "ready"


def test_a_scan_whose_reader_died_is_read_again_but_not_for_ever(office: Office) -> None:
    dossier = received(office, "Giấy khai sinh")
    scan = scanned(office, dossier, dossier.parts.get(source="paper"))
    Scan.objects.update(state="working", attempts=1)
    jobs.read(scan.pk)
    assert Scan.objects.get().state == "ready"
    Scan.objects.update(state="working", attempts=3)
    jobs.read(scan.pk)
    scan = Scan.objects.get()
    assert (scan.state, scan.problem) == ("failed", "vault.gave_up")
    jobs.read(scan.pk)
    assert Scan.objects.get().state == "failed"


def test_a_scan_whose_job_was_lost_is_queued_again_once(office: Office) -> None:
    dossier = received(office, "Giấy khai sinh")
    scanned(office, dossier, dossier.parts.get(source="paper"))
    Scan.objects.update(state="waiting", attempts=0)
    for _ in range(2):
        jobs.read_left(0)
    assert run_jobs() == 1
    assert Scan.objects.get().state == "ready"


@pytest.mark.parametrize(
    ("file", "name", "code"),
    [(b"", "rong.pdf", "files.empty"), (b"MZ" + bytes(900), "a.pdf", "files.type_not_allowed"),
     (b"PK\x03\x04" + bytes(90), "a.docx", "files.damaged")],
)  # fmt: skip
def test_what_is_no_scan_is_not_taken(office: Office, file: bytes, name: str, code: str) -> None:
    dossier = received(office, "Giấy khai sinh")
    part = dossier.parts.get(source="paper")
    with pytest.raises(Refusal) as no:
        actions.add_file(case_id=dossier.pk, part_id=part.pk, name="x", stream=BytesIO(file), file_name=name,
                         by=office.actor("clerk"), at=START)  # fmt: skip
    assert no.value.code == code
    assert Scan.objects.count() == 0


def test_scans_that_came_with_the_reception_are_read_too(office: Office) -> None:
    from tinhso.kernel.files.actions import store_made

    dossier = office.receive(key="2")
    file = store_made(photo("x", size=(200, 280)), name="x.jpg", purpose="dossiers.component", media_type=JPEG)
    Part.objects.create(
        dossier=dossier, code="a", name="Giấy khai sinh", source="scan", attachment=file, added_at=START
    )
    run_jobs()
    assert [(scan.state, scan.name) for scan in Scan.objects.all()] == [("ready", "Giấy khai sinh")]


def test_the_counters_pages_lead_from_paper_to_signature(office: Office) -> None:
    dossier = received(office, "Giấy khai sinh")
    part, number = dossier.parts.get(source="paper"), dossier.case.number
    client = Client()
    client.force_login(office.accounts["clerk"])
    prove(client, office.accounts["clerk"])
    assert "còn 1 giấy tờ" in client.get(reverse("vault:work")).content.decode()
    add = reverse("vault:add", args=[number, part.pk])
    file = BytesIO(photo("1", size=(200, 280)))
    file.name = "trang 1.jpg"
    shown = client.post(add, {"file": file}, headers={"X-Requested-With": "upload"}).content.decode()
    assert "trang 1.jpg" in shown
    scan = Scan.objects.get()
    page = reverse("vault:scan", args=[scan.token])
    assert client.post(reverse("vault:scan_act", args=[scan.token, "doc"])).status_code == 302
    run_jobs()
    text = client.get(page).content.decode()
    assert "Trang 2 gần như trắng" in text
    sign = reverse("vault:scan_act", args=[scan.token, "ky"])
    assert client.post(sign, {}).status_code == 422
    assert client.post(sign, {"compared": "1", "issued_on": "31/2/2020"}).status_code == 422
    assert Scan.objects.get().state == "ready"
    assert client.post(sign, {"compared": "1", "issued_on": "5/2/2020", "number": "7"}).status_code == 302
    assert Item.objects.get().issued_on == date(2020, 2, 5)
    assert (
        "Nơi sinh: Tây Ninh" in client.get(reverse("vault:dossier", args=[number]), {"q": "noi sinh"}).content.decode()
    )
    panel = client.get(reverse("vault:panel", args=[dossier.pk]), headers={"HX-Request": "true"}).content.decode()
    assert "Đã số hóa" in panel


def test_the_worklist_costs_the_same_with_more_dossiers(office: Office, django_assert_max_num_queries: Any) -> None:
    for number in range(4):
        dossier = office.receive(key=f"q{number}")
        Part.objects.create(dossier=dossier, code="a", name="Giấy khai sinh", source="paper", added_at=START)
    client = Client()
    client.force_login(office.accounts["clerk"])
    client.get(reverse("vault:work"))
    with django_assert_max_num_queries(14):
        assert client.get(reverse("vault:work")).content.decode().count("còn 1 giấy tờ") == 4
