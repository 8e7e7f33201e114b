"""Papers as PDF: a Typst template and data in, bytes out.

Templates are trusted text (files of the platform, or published versions written by administrators); data is not. Data
reaches a template only as a JSON value it reads, so no text in it can ever become markup.
"""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import segno

from tinhso.kernel.papers.rules import printable

if TYPE_CHECKING:
    import typst

ROOT = Path(__file__).resolve().parents[2]  # templates import "/kernel/papers/typst/decree30.typ"
PARTS = ROOT / "kernel/papers/typst"
FONTS = Path(__file__).resolve().parent / "fonts"

# For archives (PDF/A-2a) and for people who cannot see the page (PDF/UA-1), both from one file.
STANDARDS: Any = ["a-2a", "ua-1"]


@dataclass(frozen=True, slots=True)
class Place:
    """Where on a paper something is to be drawn: page from 1, points from the upper left corner."""

    name: str
    page: int
    left: float
    top: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Paper:
    """A typeset paper and the places it keeps free for signatures, by name (leader, officer, applicant …)."""

    pdf: bytes
    places: Mapping[str, Place]


def typeset(template: str | Path, data: Mapping[str, Any], *, at: datetime | None = None) -> bytes:
    """The PDF of a template filled with data.

    ``template`` is a file under the program's own folder or the text of a template. The template reads its data with
    ``json(bytes(sys.inputs.data))``. ``qr_url`` in the data is given to it as a drawing, ``qr_svg``. ``at`` is the
    moment written into the file; with it, the same data gives the same bytes.
    """
    return _whole(template, _values(data), at)


def compose(template: str | Path, data: Mapping[str, Any], *, at: datetime | None = None) -> Paper:
    """As ``typeset``, and tells where the template left room for signatures."""
    values = _values(data)
    pdf = _whole(template, values, at)
    found = json.loads(_compiler(template, values).query("<signature-place>", field="value"))
    return Paper(pdf, {place["name"]: Place(**place) for place in found})


def drawing(template: str | Path, data: Mapping[str, Any]) -> bytes:
    """A PDF page to be laid into another paper, without the structure that only whole papers have."""
    return _pdf(template, _values(data), pdf_tags=False)


def picture(template: str | Path, data: Mapping[str, Any], *, dots_per_inch: int = 96) -> list[bytes]:
    """The pages as PNG, to be looked at before printing."""
    pages: Any = _compiler(template, _values(data)).compile(format="png", ppi=dots_per_inch)
    return pages if isinstance(pages, list) else [pages]


def qr_svg(content: str) -> str:
    """A QR code as SVG, error correction M: readable when a tenth of it is soiled."""
    drawing = io.BytesIO()
    segno.make(content, error="m", micro=False).save(drawing, kind="svg", border=1, xmldecl=False, omitsize=True)
    return drawing.getvalue().decode()


@cache
def _fonts() -> typst.Fonts:
    import typst  # with its fonts 9 MiB: only who typesets pays

    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(FONTS)])


def _values(data: Mapping[str, Any]) -> str:
    values = printable(dict(data))
    if data.get("qr_url"):
        values["qr_svg"] = qr_svg(str(data["qr_url"]))
    return json.dumps(values, ensure_ascii=False)


def _compiler(template: str | Path, values: str) -> typst.Compiler:
    """A compiler for one use: none may be shared among threads, and one forgets a template given as text.

    Fonts and everything typeset before are remembered by the library for all of them.
    """
    import typst

    source: Any = template if isinstance(template, Path) else template.encode()
    return typst.Compiler(
        source,
        root=str(ROOT),
        font_paths=_fonts(),
        ignore_system_fonts=True,
        sys_inputs={"data": values},
    )


def _whole(template: str | Path, values: str, at: datetime | None) -> bytes:
    import typst

    stamp = int(at.timestamp()) if at else None
    try:
        return _pdf(template, values, pdf_standards=STANDARDS, timestamp=stamp)
    except typst.TypstError as error:
        if "could not be displayed" not in str(error):
            raise
    # A letter that no font has (a foreign name, a picture character): the archive standards forbid it,
    # but the person must still get a paper.
    return _pdf(template, values, timestamp=stamp)


def _pdf(template: str | Path, values: str, **options: Any) -> bytes:
    pdf = _compiler(template, values).compile(format="pdf", **options)
    assert isinstance(pdf, bytes)
    return pdf
