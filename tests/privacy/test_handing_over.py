"""Handing over to an archive: packed with hashes, received against them, removed only then and by a second person."""

from __future__ import annotations

import json
import shutil
import subprocess
import zipfile
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.privacy.office import LATER, PDF, START, Privacy, damage
from tests.privacy.test_pages import browser, text

from tinhso.kernel.errors import NotAllowed, Refusal
from tinhso.kernel.files.queries import open_attachment
from tinhso.kernel.journal.models import Entry
from tinhso.kernel.journal.rules import NAMELESS
from tinhso.kernel.testing.jobs import run_jobs
from tinhso.modules.dossiers.models import Dossier, Part
from tinhso.modules.privacy import jobs
from tinhso.modules.privacy.actions import disposing, handing, holding, schedules
from tinhso.modules.privacy.models import HandedOver, Handover, ScheduleVersion
from tinhso.modules.privacy.queries.handing import faults

pytestmark = pytest.mark.django_db
PAGE = "/lam-viec/nop-luu-tru/"
ARCHIVE = "Lưu trữ lịch sử tỉnh (minh họa)"


def by_archive_law(privacy: Privacy) -> None:
    """A schedule by which closed dossiers are handed over a year after their end."""
    content = dict(ScheduleVersion.objects.get(state="published").content)
    line = {"keep": {"amount": 1, "unit": "year"}, "fate": "hand_over", "source": "Nghị quyết minh họa"}
    content["rules"] = [one | line if one["code"] == "dossiers.closed" else one for one in content["rules"]]
    schedules.draft(content=content, legal_source="Nghị quyết minh họa", by=privacy.actor("officer"), at=START)
    schedules.publish(valid_from=START.date() + timedelta(days=1), by=privacy.actor("approver"), at=START)


def proposed(privacy: Privacy) -> Handover:
    return handing.propose(code="dossiers.closed", archive=ARCHIVE, by=privacy.actor("officer"), at=LATER)


@pytest.fixture
def packed(privacy: Privacy) -> tuple[Privacy, Dossier, Handover]:
    by_archive_law(privacy)
    dossier = privacy.closed()
    made = proposed(privacy)
    run_jobs()
    made.refresh_from_db()
    return privacy, dossier, made


def copied(made: Handover, folder: Path) -> Path:
    assert made.package is not None
    path = folder / made.package.name
    with open_attachment(made.package) as source, path.open("wb") as target:
        shutil.copyfileobj(source, target)
    return path


def received(privacy: Privacy, made: Handover, **more: Any) -> Handover:
    said = {"receipt": "Biên bản 3 ngày 01/12/2047", "sha256": made.sha256, **more}
    return handing.receive(handover_id=made.pk, by=privacy.actor("officer"), at=LATER, **said)


def test_a_package_explains_itself_and_is_checked_without_us(packed: Any, tmp_path: Path):
    _privacy, dossier, made = packed
    assert (made.state, made.number, made.things.get().number) == ("ready", "NLT-2047-0001", dossier.case.number)
    path = copied(made, tmp_path)
    assert faults(path) == []
    shutil.unpack_archive(path, tmp_path / "out")
    folder = tmp_path / "out" / made.number
    manifest = ["sha256sum", "--check", "--quiet", "manifest-sha256.txt"]
    subprocess.run(manifest, cwd=folder, check=True)
    inside, papers = next(folder.glob("uuid-*")), Part.objects.filter(dossier=dossier).count()
    names = sorted(str(one.relative_to(inside)) for one in inside.rglob("*") if one.is_file())
    assert names == [
        "METS.xml",
        "metadata/descriptive/EAD.xml",
        "metadata/other/content.json",
        "metadata/other/history.json",
        "metadata/preservation/PREMIS.xml",
        "representations/rep1/data/00-phieu-ho-so.pdf",
        *[f"representations/rep1/data/{number:02d}-giay.pdf" for number in range(1, papers + 1)],
    ]
    assert (inside / names[-1]).read_bytes() == PDF
    history = json.loads((inside / names[3]).read_text())
    assert [one["hash"] for one in history][-1] == Entry.objects.filter(case=dossier.pk).last().hash.hex()  # type: ignore[union-attr]
    sheet = inside / names[5]
    assert b"pdfaid:part" in sheet.read_bytes()
    shown = subprocess.run(["pdftotext", str(sheet), "-"], capture_output=True, text=True, check=True).stdout
    assert dossier.case.number in shown


def test_a_package_that_was_changed_lost_or_gained_a_file_is_refused_with_a_reason(packed: Any, tmp_path: Path):
    path, other = copied(packed[2], tmp_path), tmp_path / "khac.zip"
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(other, "w") as target:
        for name in source.namelist():
            if name.endswith("01-giay.pdf"):
                target.writestr(name, b"%PDF other")
            elif not name.endswith("EAD.xml"):
                target.writestr(name, source.read(name))
        target.writestr(f"{packed[2].number}/la.txt", "x")
    assert [one.split()[0] for one in faults(other)] == ["thiếu", "thừa", "khác"]
    with pytest.raises(Refusal):
        list(jobs.verify_package([str(other)]))
    assert list(jobs.verify_package([str(path)])) == ["Gói nguyên vẹn."]
    (tmp_path / "rac.zip").write_bytes(b"PK not really")
    assert faults(tmp_path / "rac.zip")[0].startswith("không đọc được gói")


def test_nothing_goes_before_its_receipt_and_a_second_person(packed: Any):
    privacy, dossier, made = packed
    with pytest.raises(Refusal) as early:
        handing.remove(handover_id=made.pk, by=privacy.actor("approver"), at=LATER)
    with pytest.raises(Refusal) as other:
        received(privacy, made, sha256="0" * 64)
    assert (early.value.code, other.value.code) == ("privacy.decided", "privacy.other_package")
    received(privacy, made)
    with pytest.raises(NotAllowed):
        handing.remove(handover_id=made.pk, by=privacy.actor("second"), at=LATER)
    assert not handing.remove_batch(handover_id=made.pk, at=LATER)
    assert Dossier.objects.get(pk=dossier.pk).applicant_name != NAMELESS
    handing.remove(handover_id=made.pk, by=privacy.actor("approver"), at=LATER)
    run_jobs()
    made.refresh_from_db()
    assert (made.state, made.removed, made.package) == ("removed", 1, None)
    assert Dossier.objects.get(pk=dossier.pk).applicant_name == NAMELESS
    assert Entry.objects.filter(case=dossier.pk, erased_by=made.record).exists()
    assert damage() == []


def test_what_is_to_be_handed_over_is_never_destroyed_by_a_disposal(privacy: Privacy):
    by_archive_law(privacy)
    dossier = privacy.closed()
    with pytest.raises(Refusal) as nothing:
        disposing.propose(by=privacy.actor("officer"), at=LATER)
    assert nothing.value.code == "privacy.nothing_due"
    assert Dossier.objects.get(pk=dossier.pk).applicant_name != NAMELESS


def test_what_is_held_by_the_time_of_removal_stays(packed: Any):
    privacy, dossier, made = packed
    received(privacy, made)
    holding.place(number=dossier.case.number, source="Công văn tòa án", by=privacy.actor("officer"), at=LATER)
    handing.remove(handover_id=made.pk, by=privacy.actor("approver"), at=LATER)
    run_jobs()
    made.refresh_from_db()
    assert (made.state, made.removed) == ("removed", 0)
    assert Dossier.objects.get(pk=dossier.pk).applicant_name != NAMELESS


def test_a_dossier_stands_in_one_living_package(packed: Any):
    privacy, _dossier, made = packed
    with pytest.raises(Refusal) as nothing:
        proposed(privacy)
    assert (nothing.value.code, Handover.objects.count()) == ("privacy.nothing_to_hand_over", 1)
    handing.give_up(handover_id=made.pk, reason="Lưu trữ trả lại.", by=privacy.actor("officer"), at=LATER)
    again = proposed(privacy)
    assert (again.things.count(), HandedOver.objects.filter(is_living=True).count()) == (1, 1)


def test_packing_twice_keeps_one_package(packed: Any):
    made = packed[2]
    jobs.make_package(handover_id=made.pk)
    assert Entry.objects.filter(verb="handover.packed").count() == 1
    assert Handover.objects.get().sha256 == made.sha256


def test_the_pages_lead_from_what_is_due_to_the_receipt(privacy: Privacy):
    officer, second = browser(privacy, "officer"), browser(privacy, "approver")
    assert "chưa có loại nào phải nộp lưu trữ" in text(officer.get(PAGE))
    by_archive_law(privacy)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("django.utils.timezone.now", lambda: LATER)
        patch.setattr("time.time", LATER.timestamp)
        privacy.closed()
        officer, second = browser(privacy, "officer"), browser(privacy, "approver")
        assert "1 đến hạn" in text(officer.get(PAGE))
        wrong = officer.post(PAGE, {"code": "dossiers.closed", "archive": ""})
        assert (wrong.status_code, Handover.objects.count()) == (422, 0)
        page = officer.post(PAGE, {"code": "dossiers.closed", "archive": ARCHIVE})["Location"]
        assert second.post(PAGE, {"code": "dossiers.closed", "archive": ARCHIVE}).status_code == 403
        run_jobs()
        made = Handover.objects.get()
        assert made.sha256 in text(officer.get(page))
        assert b"".join(officer.post(f"{page}goi/").streaming_content)[:2] == b"PK"  # type: ignore[attr-defined]
        old = browser(privacy, "officer", is_proven=False)
        assert "/tai-khoan/xac-nhan/" in old.post(f"{page}goi/")["Location"]
        said = {"receipt": "Biên bản 3", "sha256": "abc"}
        assert officer.post(f"{page}da-nhan/", said).status_code == 422
        assert officer.post(f"{page}da-nhan/", {**said, "sha256": made.sha256}).status_code == 302
        assert "Duyệt xóa ở đây" in text(second.get(page))
        assert "Duyệt xóa ở đây" not in text(officer.get(page))
        assert second.post(f"{page}xoa/").status_code == 302
    assert Handover.objects.get().state == "removing"
    assert browser(privacy, "clerk").get(PAGE).status_code == 403
