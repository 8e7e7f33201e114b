"""Papers keep what PDF/A-2 asks of them, also signed; and the checker finds what it is there to find."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from io import BytesIO
from pathlib import Path
from typing import Any

import pikepdf
import pytest
import yaml
from pikepdf import Array, Dictionary, Name, Stream
from PIL import Image

from tinhso.kernel.papers import identities, signing
from tinhso.kernel.papers.tests.archive import claim, faults
from tinhso.kernel.papers.typesetting import ROOT, compose, typeset

FORMS = ROOT / "modules/dossiers/seeds/forms"
SAMPLE = yaml.safe_load((FORMS / "sample.yaml").read_text())
AT = datetime(2026, 2, 26, 15, 5, 7, tzinfo=timezone(timedelta(hours=7)))
AGENCY = "Ủy ban nhân dân phường Tân Ninh"


@pytest.fixture(scope="module")
def slip() -> bytes:
    return typeset(FORMS / "slip80.typ", SAMPLE)


@pytest.mark.parametrize("path", sorted(FORMS.glob("*.typ")), ids=lambda path: path.stem)
def test_every_form_keeps_to_the_standard_of_archives(path: Path) -> None:
    pdf = typeset(path, SAMPLE)
    assert (claim(pdf), faults(pdf, tagged=True)) == ("2A", [])


def test_a_paper_signed_by_two_keeps_to_it(settings: Any, tmp_path: Path) -> None:
    settings.HOME, settings.SIGNING_PKCS12, settings.SIGNING_PASSWORD = tmp_path, None, ""
    permit = compose(FORMS / "result_permit.typ", SAMPLE)
    first, second = signing.halves(permit.places["leader"])
    signed = permit.pdf
    for name, place, kind in (("Hoàng Văn Mẫu", first, "person"), (AGENCY, second, "agency")):
        signed = signing.sign(
            signed, signer=identities.identity_for(name, AGENCY), name=name, title="", reason="Phê duyệt", at=AT,
            field_name=f"{kind}_1", place=place, kind=kind,
        )  # fmt: skip
    assert (claim(signed), faults(signed, tagged=True)) == ("2A", [])


def test_a_pdf_that_claims_nothing_has_neither_metadata_nor_colours() -> None:
    plain = BytesIO()
    Image.new("CMYK", (40, 40)).save(plain, "PDF")
    found = faults(plain.getvalue())
    assert {"6.1.3: no file identifier", "6.2.3: no output intent", "6.6.2.1: no metadata"} <= set(found)
    assert "6.2.4.3: /DeviceCMYK without an output intent" in found


def _javascript(paper: pikepdf.Pdf) -> None:
    paper.Root.OpenAction = paper.make_indirect(Dictionary(Type=Name.Action, S=Name.JavaScript, JS="app.alert(1)"))


def _file(paper: pikepdf.Pdf) -> None:
    paper.attachments["tep.txt"] = b"x"


def _font(paper: pikepdf.Pdf) -> None:
    font = paper.make_indirect(Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica))
    paper.pages[0].resources.Font["/Bare"] = font


def _picture(paper: pikepdf.Pdf) -> None:
    more = {"/Type": Name.XObject, "/Subtype": Name.Image, "/ColorSpace": Name.DeviceCMYK, "/Interpolate": True}
    paper.pages[0].resources["/XObject"] = Dictionary(Bad=Stream(paper, bytes(4), more))


def _note(paper: pikepdf.Pdf) -> None:
    note = Dictionary(Type=Name.Annot, Subtype=Name.Text, Rect=Array([0, 0, 9, 9]), F=2)
    paper.pages[0].obj["/Annots"] = Array([paper.make_indirect(note)])


def _state(paper: pikepdf.Pdf) -> None:
    states = Dictionary(Bad=Dictionary(Type=Name.ExtGState, TR=Name.Identity, BM=Name.Strange))
    paper.pages[0].resources["/ExtGState"] = paper.make_indirect(states)


def _words(paper: pikepdf.Pdf) -> None:
    paper.pages[0].contents_add(Stream(paper, b"0 0 0 1 k /Nothing gs"))


def _nothing_said(paper: pikepdf.Pdf) -> None:
    for key in ("/Lang", "/MarkInfo", "/StructTreeRoot"):
        del paper.Root[key]
    paper.docinfo["/Title"] = "Khác"


@pytest.mark.parametrize(
    ("harm", "expected"),
    [
        (_javascript, ["6.5.1: action JavaScript"]),
        (_file, ["6.8: /EmbeddedFiles in the catalog's names", "6.8: an embedded file"]),
        (_font, ["6.2.11.4.1: /Helvetica is not embedded"]),
        (_picture, ["6.2.4.3: /DeviceCMYK without an output intent", "6.2.8: a picture that is smoothed"]),
        (_note, ["6.3.2: annotation Text with flags 2", "6.3.3: annotation Text without one appearance"]),
        (_state, ["6.2.10: blend mode /Strange", "6.2.5: /TR in a graphics state"]),
        (_words, ["6.2.2: /Nothing is in no list of resources", "6.2.4.3: DeviceCMYK without an output intent"]),
        (_nothing_said, ["6.6.3: title 'Khác' is ['Phiếu hẹn trả kết quả'] in the metadata",
                         "6.7.2.2: not marked as tagged", "6.7.3.3: no structure", "6.7.4: no language"]),
    ],
    ids=lambda one: one.__name__.strip("_") if callable(one) else "",
)  # fmt: skip
def test_each_breach_is_named_with_its_clause(slip: bytes, harm: Any, expected: list[str]) -> None:
    harmed = BytesIO()
    with pikepdf.open(BytesIO(slip)) as paper:
        harm(paper)
        paper.save(harmed)
    assert faults(harmed.getvalue(), tagged=True) == expected


def test_a_locked_paper_and_one_with_something_behind_its_end_are_found(slip: bytes) -> None:
    locked = BytesIO()
    with pikepdf.open(BytesIO(slip)) as paper:
        paper.save(locked, encryption=pikepdf.Encryption(owner="a", user=""))
    assert "6.1.3: encrypted" in faults(locked.getvalue())
    assert faults(slip + b"more") == ["6.1.3: something follows the end of the file"]
