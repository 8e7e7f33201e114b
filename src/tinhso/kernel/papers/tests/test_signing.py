import io
import subprocess
from datetime import datetime, timedelta, timezone

import pytest
import yaml
from PIL import Image
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

from tinhso.kernel.errors import Refusal
from tinhso.kernel.papers import identities, signing
from tinhso.kernel.papers.typesetting import ROOT, compose

FORMS = ROOT / "modules/dossiers/seeds/forms"
AT = datetime(2026, 2, 26, 15, 5, 7, tzinfo=timezone(timedelta(hours=7)))
AGENCY = "Ủy ban nhân dân phường Tân Ninh"
LEADER = "Hoàng Văn Mẫu"


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    return tmp_path_factory.mktemp("home")


@pytest.fixture(autouse=True)
def demonstration(settings, home):
    settings.HOME = home
    settings.SIGNING_PKCS12, settings.SIGNING_PASSWORD = None, ""


@pytest.fixture(scope="module")
def permit():
    return compose(FORMS / "result_permit.typ", yaml.safe_load((FORMS / "sample.yaml").read_text()))


def sign_as_leader(pdf, permit, **more):
    values = {"place": signing.halves(permit.places["leader"])[0], "reason": "Phê duyệt", **more}
    who = identities.identity_for(LEADER, AGENCY)
    return signing.sign(pdf, signer=who, name=LEADER, title="Phó Chủ tịch", at=AT, field_name="Leader_1", **values)


def sign_as_agency(pdf, permit, **more):
    values = {"place": signing.halves(permit.places["leader"])[1], "kind": "agency", **more}
    who = identities.identity_for(AGENCY, AGENCY)
    return signing.sign(
        pdf, signer=who, reason="Phát hành", name=AGENCY, title="", at=AT, field_name="Agency_1", **values
    )


def pdfsig(pdf, tmp_path):
    path = tmp_path / "signed.pdf"
    path.write_bytes(pdf)
    return subprocess.run(["pdfsig", str(path)], capture_output=True, text=True, check=False).stdout


def text_of(pdf):
    out = subprocess.run(["pdftotext", "-layout", "-", "-"], input=pdf, capture_output=True, check=True).stdout
    return " ".join(out.decode().split())


def test_another_program_finds_the_signature_valid(permit, tmp_path):
    words = pdfsig(sign_as_leader(permit.pdf, permit), tmp_path)
    assert words.count("Signature is Valid.") == 1
    assert "Total document signed" in words
    assert f"CN={LEADER},OU={identities.MARK},O={AGENCY},C=VN" in words
    assert "ETSI.CAdES.detached" in words


def test_a_second_signature_leaves_the_first_valid(permit, tmp_path):
    first, second = signing.halves(permit.places["leader"])
    prepared = signing.prepare(permit.pdf, {"Leader_1": first, "Agency_1": second})
    twice = sign_as_agency(sign_as_leader(prepared, permit), permit)
    assert pdfsig(twice, tmp_path).count("Signature is Valid.") == 2
    leader, agency = signing.verify(twice)
    assert (leader.field, leader.signer, leader.organisation) == ("Leader_1", LEADER, AGENCY)
    assert (agency.field, agency.signer) == ("Agency_1", AGENCY)
    assert (leader.is_valid, leader.is_last, leader.trusted) == (True, False, True)
    assert (agency.is_valid, agency.is_last, agency.trusted) == (True, True, True)
    assert leader.signed_at == AT


def test_fields_need_not_be_prepared(permit, tmp_path):
    twice = sign_as_agency(sign_as_leader(permit.pdf, permit), permit)
    assert pdfsig(twice, tmp_path).count("Signature is Valid.") == 2
    assert [report.is_valid for report in signing.verify(twice)] == [True, True]


def test_number_and_date_are_filled_in_between_the_two_signatures(tmp_path):
    data = yaml.safe_load((FORMS / "sample.yaml").read_text())
    del data["number"], data["date"]
    paper = compose(FORMS / "result_permit.typ", {**data, "numbered_later": True})
    first, second = signing.halves(paper.places["leader"])
    texts = {"DocNumber": paper.places["number"], "IssuedDate": paper.places["date"]}
    pdf = signing.prepare(paper.pdf, {"Leader_1": first, "Agency_1": second}, texts)
    pdf = sign_as_leader(pdf, paper)
    pdf = signing.fill(pdf, {"DocNumber": "07/GPXD"})
    pdf = signing.fill(pdf, {"IssuedDate": "ngày 26 tháng 02 năm 2026"}, size=13.5, italic=True)
    pdf = sign_as_agency(pdf, paper)
    (tmp_path / "filled.pdf").write_bytes(pdf)
    assert "Số: 07/GPXD" in text_of(pdf)
    assert "Tân Ninh, ngày 26 tháng 02 năm 2026" in text_of(pdf)
    assert pdfsig(pdf, tmp_path).count("Signature is Valid.") == 2
    assert [report.is_valid for report in signing.verify(pdf)] == [True, True]
    changed = signing.fill(pdf, {"DocNumber": "08/GPXD"})
    assert signing.verify(changed)[-1].is_last is False


def test_signing_only_adds_to_the_file(permit):
    once = sign_as_leader(permit.pdf, permit)
    assert once.startswith(permit.pdf)
    assert sign_as_agency(once, permit).startswith(once)


def test_one_flipped_byte_is_found(permit, tmp_path):
    signed = bytearray(sign_as_leader(permit.pdf, permit))
    signed[signed.index(b"/FlateDecode") + 60] ^= 1
    assert "Signature is Valid." not in pdfsig(bytes(signed), tmp_path)
    (report,) = signing.verify(bytes(signed))
    assert (report.intact, report.is_valid) == (False, False)


def test_something_added_after_the_signature_is_found(permit):
    writer = IncrementalPdfFileWriter(io.BytesIO(sign_as_leader(permit.pdf, permit)))
    writer.add_stream_to_page(0, writer.add_object(generic.StreamObject(stream_data=b"BT ET")))
    out = io.BytesIO()
    writer.write(out)
    (report,) = signing.verify(out.getvalue())
    assert (report.intact, report.added_only_allowed, report.is_valid) == (True, False, False)


def test_without_our_root_a_demonstration_certificate_is_not_trusted(permit):
    (report,) = signing.verify(sign_as_leader(permit.pdf, permit), roots=[])
    assert (report.is_valid, report.trusted, report.is_demonstration) == (True, False, True)


def test_a_paper_without_signatures_has_none(permit):
    assert signing.verify(permit.pdf) == []


def test_what_is_no_pdf_is_refused():
    with pytest.raises(Refusal) as refused:
        signing.verify(b"not a paper")
    assert refused.value.code == "papers.unreadable"


def test_the_words_of_the_signature_stand_on_the_paper(permit):
    words = text_of(sign_as_agency(sign_as_leader(permit.pdf, permit), permit))
    assert f"Ký bởi: {LEADER}" in words
    assert "Chức vụ: Phó Chủ tịch" in words
    assert "Thời gian ký: 2026-02-26T15:05:07+07:00" in words
    assert f"Cơ quan ký: {AGENCY}" in words
    assert words.count(identities.MARK) == 2


def test_pictures_of_signature_and_seal_are_used_when_there_are_some(permit):
    out = io.BytesIO()
    Image.new("RGBA", (300, 120), (26, 63, 174, 120)).save(out, "PNG")
    seal = signing.seal_place(permit.places["leader"], diameter_mm=36)
    pdf = sign_as_leader(permit.pdf, permit, place=permit.places["leader"], picture=out.getvalue())
    pdf = sign_as_agency(pdf, permit, place=seal, picture=out.getvalue())
    assert [report.is_valid for report in signing.verify(pdf)] == [True, True]
    assert "Ký bởi" not in text_of(pdf)


def test_a_signature_may_be_invisible(permit):
    (report,) = signing.verify(sign_as_leader(permit.pdf, permit, place=None))
    assert report.is_valid


def test_hostile_names_are_signed_and_shown_as_they_are(permit):
    name = '#import "x": * \\ </script> Nguyễn'
    who = identities.demo_identity(name, AGENCY)
    place = permit.places["leader"]
    pdf = signing.sign(
        permit.pdf, signer=who, reason="*x*", name=name, title="_y_", at=AT, field_name="Leader_1", place=place
    )
    assert name in text_of(pdf)
    assert signing.verify(pdf)[0].signer == name


def test_the_same_person_keeps_the_same_demonstration_certificate():
    one, two = identities.demo_identity(LEADER, AGENCY), identities.demo_identity(LEADER, AGENCY)
    assert one.signer.signing_cert.serial_number == two.signer.signing_cert.serial_number
    assert one.is_demonstration


def test_private_keys_are_for_this_program_only(home):
    identities.demo_identity(LEADER, AGENCY)
    assert {path.stat().st_mode & 0o077 for path in (home / "pki").glob("demo-*.p*")} == {0}


def test_a_configured_certificate_takes_the_place_of_the_demonstration(settings, home):
    made = identities.demo_identity("Cơ quan thật", "Tỉnh")
    (path,) = [p for p in (home / "pki").glob("demo-*.p12") if identities._load(p, "") is made.signer]
    settings.SIGNING_PKCS12 = path
    who = identities.identity_for(LEADER, AGENCY)
    assert (who.name, who.organisation, who.is_demonstration) == ("Cơ quan thật", "Tỉnh", False)
