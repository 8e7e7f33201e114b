"""Scans become archive PDFs whose Vietnamese text is found again; what cannot be read says why."""

from __future__ import annotations

import subprocess
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageDraw, ImageFont

from tinhso.kernel.errors import Refusal
from tinhso.kernel.papers.identities import identity_for
from tinhso.kernel.papers.scanning import Bounds, Source, digitise
from tinhso.kernel.papers.signing import page_count, page_size, sign, with_page
from tinhso.kernel.papers.tests.archive import claim, faults
from tinhso.kernel.papers.typesetting import Place, typeset

pytestmark = pytest.mark.slow
FONT = ImageFont.truetype(str(Path(__file__).resolve().parents[1] / "fonts/Tinos-Regular.ttf"), 36)
WORDS = "Họ, chữ đệm, tên: NGUYỄN THỊ HƯƠNG"


def sheet(*lines: str, turned: int = 0) -> Image.Image:
    """A sheet of A4 at 150 dots an inch."""
    picture = Image.new("RGB", (1240, 1754), "white")
    pen = ImageDraw.Draw(picture)
    for index, line in enumerate(lines):
        pen.text((120, 120 + index * 80), line, font=FONT, fill="black")
    return picture.rotate(turned, expand=True)


def source(folder: Path, *pictures: Image.Image, kind: str = "JPEG", name: str = "giay") -> Source:
    path = folder / name
    if kind == "PDF":
        pictures[0].save(path, "PDF", save_all=True, append_images=list(pictures[1:]), resolution=150)
        return Source(path, "application/pdf", f"{name}.pdf")
    pictures[0].save(path, kind)
    return Source(path, f"image/{kind.lower()}", f"{name}.{kind.lower()}")


def refused(sources: list[Source], **bounds: int) -> str:
    with pytest.raises(Refusal) as no:
        digitise(sources, bounds=Bounds(**bounds))
    return no.value.code


def test_a_photo_and_a_scan_become_one_archive_pdf_with_text(tmp_path: Path) -> None:
    made = digitise(
        [source(tmp_path, sheet(WORDS), name="a"), source(tmp_path, sheet("GIẤY KHAI SINH"), kind="PDF", name="b")],
        title="Scan 1",
    )
    out = tmp_path / "out.pdf"
    out.write_bytes(made.pdf)
    text = subprocess.run(["pdftotext", str(out), "-"], capture_output=True, text=True, check=True).stdout
    assert WORDS in text
    assert WORDS in made.text
    assert "GIẤY KHAI SINH" in made.text.split("\f")[1]
    assert [(page.dpi, page.is_blank, page.words > 0) for page in made.pages] == [(150, False, True)] * 2
    assert (claim(made.pdf), faults(made.pdf)) == ("2B", [])
    fonts = subprocess.run(["pdffonts", str(out)], capture_output=True, text=True, check=True).stdout.splitlines()[2:]
    assert fonts
    assert all(" yes yes yes " in font for font in fonts)


def test_a_page_lying_on_its_side_is_put_upright(tmp_path: Path) -> None:
    lines = [
        WORDS,
        "Nơi sinh: Bệnh viện đa khoa Tây Ninh, tỉnh Tây Ninh",
        "Quê quán: xã Thạnh Bình, huyện Tân Biên",
    ] * 4
    made = digitise([source(tmp_path, sheet(*lines, turned=90))])
    assert WORDS in made.text
    width, height = page_size(made.pdf)
    assert height > width


def test_an_empty_page_is_noticed(tmp_path: Path) -> None:
    made = digitise([source(tmp_path, sheet(), kind="PNG")])
    assert [(page.is_blank, page.words) for page in made.pages] == [(True, 0)]
    assert page_count(made.pdf) == 1
    assert faults(made.pdf) == []


def test_what_is_not_paper_gives_a_pdf_without_text(tmp_path: Path) -> None:
    picture = Image.radial_gradient("L").resize((900, 900)).convert("RGB")
    assert sum(page.words for page in digitise([source(tmp_path, picture)]).pages) < 3


def test_a_page_can_be_added_at_the_end_and_signed(tmp_path: Path, settings: Any) -> None:
    settings.HOME, settings.SIGNING_PKCS12, settings.SIGNING_PASSWORD = tmp_path, None, ""
    one = digitise([source(tmp_path, sheet(WORDS))]).pdf
    two = with_page(one, typeset('#set document(title: "Chứng thực")\nChứng thực', {}))
    assert two.startswith(one)
    assert page_count(two) == 2
    signed = sign(
        two, signer=identity_for("Hoàng Văn Mẫu", "UBND"), name="Hoàng Văn Mẫu", title="", reason="Chứng thực",
        at=datetime(2026, 11, 16, 2, tzinfo=UTC), field_name="Leader_1", place=Place("leader", 2, 100, 100, 160, 60),
    )  # fmt: skip
    assert [faults(pdf) for pdf in (one, two, signed)] == [[], [], []]


ENCRYPTED = ("-o", "-sOwnerPassword=a", "-sUserPassword=b", "-dEncryptionR=3", "-dKeyLength=128", "-dPermissions=-4")


@pytest.mark.parametrize("case", ["encrypted", "many", "corrupt", "picture", "slow"])
def test_what_cannot_be_read_is_refused_with_a_reason(tmp_path: Path, case: str) -> None:
    if case == "encrypted":
        plain, path = source(tmp_path, sheet(), kind="PDF").path, tmp_path / "locked.pdf"
        subprocess.run(
            [
                "gs",
                "-q",
                "-dBATCH",
                "-dNOPAUSE",
                "-sDEVICE=pdfwrite",
                f"-sOutputFile={path}",
                *ENCRYPTED[1:],
                str(plain),
            ],
            check=True,
        )
        assert refused([Source(path, "application/pdf", "locked.pdf")]) == "papers.encrypted"
    elif case == "many":
        small = Image.new("RGB", (20, 20), "white")
        assert refused([source(tmp_path, *[small] * 500, kind="PDF")], pages=120) == "papers.too_many_pages"
    elif case == "slow":
        assert refused([source(tmp_path, sheet(WORDS), kind="PDF")], seconds=0) == "papers.too_slow"
    else:
        whole = BytesIO()
        sheet(WORDS).save(whole, "PDF" if case == "corrupt" else "JPEG")
        path = tmp_path / "broken"
        path.write_bytes(whole.getvalue()[:900])
        kind = "application/pdf" if case == "corrupt" else "image/jpeg"
        assert refused([Source(path, kind, "broken")]) == "papers.damaged"
