"""Digital signatures on papers: PAdES, level B-B, always added to the file and never rewriting it.

A result carries two: the signer's and then the agency's (Decree 30/2020/NĐ-CP, Art. 5 and Annex I). A document
signed twice keeps its first signature valid.
"""

from __future__ import annotations

import io
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.layout import AxisAlignment, Margins, SimpleBoxLayoutRule
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.pdf_utils.writer import PageObject
from pyhanko.sign import PdfSignatureMetadata, PdfSigner
from pyhanko.sign.fields import SigFieldSpec, SigSeedSubFilter, append_signature_field, enumerate_sig_fields
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko.sign.validation.status import SignatureCoverageLevel
from pyhanko.stamp import StaticStampStyle
from pyhanko_certvalidator import ValidationContext

from tinhso.kernel.errors import Refusal
from tinhso.kernel.papers.identities import MARK, SigningIdentity, trusted_roots
from tinhso.kernel.papers.rules import iso_moment
from tinhso.kernel.papers.typesetting import PARTS, Place, drawing

POINTS_PER_MM = 72 / 25.4


@dataclass(frozen=True, slots=True)
class SignatureReport:
    """What one signature on a paper is worth.

    ``intact``: what was signed is unchanged. ``covers_whole``: it covers the file up to its own revision, with nothing
    left out. ``is_last``: nothing was added after it. ``added_only_allowed``: what was added after it are further
    signatures only. ``trusted``: the certificate leads to a root we trust. ``signed_at`` is what the signer claims.
    """

    field: str
    signer: str
    organisation: str
    signed_at: datetime | None
    intact: bool
    covers_whole: bool
    is_last: bool
    added_only_allowed: bool
    trusted: bool
    is_demonstration: bool

    @property
    def is_valid(self) -> bool:
        return self.intact and self.covers_whole and self.added_only_allowed


def sign(
    pdf: bytes,
    *,
    signer: SigningIdentity,
    reason: str,
    name: str,
    title: str,
    at: datetime,
    field_name: str,
    place: Place | None = None,
    kind: str = "person",
    picture: bytes | None = None,
) -> bytes:
    """The same PDF with one more signature.

    ``place`` is where it shows (see ``compose``); without one it cannot be seen. ``kind`` is ``person`` (blue) or
    ``agency`` (red); ``picture`` is a PNG of the handwritten signature or the seal, which the decree asks for; without
    one, words are drawn. ``field_name`` such as ``Leader_1`` or ``Agency_1``; fields made by ``prepare`` are used.
    """
    writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
    known = {field for field, _, _ in enumerate_sig_fields(writer.prev)}
    spec = None if field_name in known else _field(writer.prev, field_name, place)
    metadata = PdfSignatureMetadata(
        field_name=field_name, subfilter=SigSeedSubFilter.PADES, md_algorithm="sha256", reason=reason, name=name
    )
    if place is None:
        return _signed(writer, _SignerAt(metadata, signer.signer, new_field_spec=spec, at=at))
    words = {
        "kind": kind, "name": name, "title": title, "reason": reason, "at": iso_moment(at),
        "demonstration": signer.is_demonstration,
    }  # fmt: skip
    with tempfile.NamedTemporaryFile(suffix=".pdf") as file:
        file.write(appearance(words, width=place.width, height=place.height, picture=picture))
        file.flush()
        style = StaticStampStyle.from_pdf_file(
            file.name, border_width=0, background_opacity=1, background_layout=_FILLING
        )
        return _signed(writer, _SignerAt(metadata, signer.signer, new_field_spec=spec, stamp_style=style, at=at))


def prepare(pdf: bytes, signatures: Mapping[str, Place], texts: Mapping[str, Place] | None = None) -> bytes:
    """The PDF with empty fields (name → place) for signatures and for texts, made before the first signature.

    Text fields are for what is only known after the leader has signed: the number and the date (``fill``).
    """
    writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
    for name, place in signatures.items():
        append_signature_field(writer, _field(writer.prev, name, place))
    for name, place in (texts or {}).items():
        _append_text_field(writer, name, place)
    return _written(writer)


def fill(pdf: bytes, texts: Mapping[str, str], *, size: float = 13, italic: bool = False) -> bytes:
    """The PDF with these text fields (name → words) filled; signatures put on before stay valid."""
    writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
    found = {str(field.get_object()["/T"]): field for field in writer.root["/AcroForm"]["/Fields"]}
    for name, words in texts.items():
        field = found[name].get_object()
        left, bottom, right, top = (float(edge) for edge in field["/Rect"])
        look = {"text": words, "size": size, "italic": italic, "width": right - left, "height": top - bottom}
        page = PdfFileReader(io.BytesIO(drawing(PARTS / "line.typ", look)))
        field["/V"] = generic.TextStringObject(words)
        field["/AP"] = generic.DictionaryObject({generic.pdf_name("/N"): writer.import_page_as_xobject(page)})
        writer.update_container(field)
    return _written(writer)


def with_page(pdf: bytes, page: bytes) -> bytes:
    """The PDF with the first page of another one added at its end; nothing before it is rewritten."""
    writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
    added = PdfFileReader(io.BytesIO(page))
    width, height = page_size(page)
    drawn = writer.import_page_as_xobject(added)
    resources = generic.DictionaryObject(
        {generic.pdf_name("/XObject"): generic.DictionaryObject({generic.pdf_name("/Page"): drawn})}
    )
    content = writer.add_object(generic.StreamObject(stream_data=b"q /Page Do Q"))
    box = generic.ArrayObject(generic.FloatObject(edge) for edge in (0, 0, width, height))
    writer.insert_page(PageObject(content, media_box=box, resources=resources))
    return _written(writer)


def page_size(pdf: bytes, page: int = 1) -> tuple[float, float]:
    """Width and height of a page in points, as its media box says."""
    node = PdfFileReader(io.BytesIO(pdf), strict=False).find_page_for_modification(page - 1)[0].get_object()
    while "/MediaBox" not in node:
        node = node["/Parent"]
    left, bottom, right, top = (float(edge) for edge in node["/MediaBox"])
    return right - left, top - bottom


def page_count(pdf: bytes) -> int:
    return int(PdfFileReader(io.BytesIO(pdf), strict=False).root["/Pages"]["/Count"])


def appearance(words: Mapping[str, Any], *, width: float, height: float, picture: bytes | None = None) -> bytes:
    """A one-page PDF of ``width`` × ``height`` points, showing a signature."""
    values = {**words, "width": width, "height": height}
    if picture:
        values["picture"] = list(picture)
    return drawing(PARTS / "stamp.typ", values)


def halves(place: Place) -> tuple[Place, Place]:
    """The upper half for the person, the lower for the agency, where no pictures are used."""
    gap = 2.0
    half = (place.height - gap) / 2
    lower = Place(place.name, place.page, place.left, place.top + half + gap, place.width, half)
    return Place(place.name, place.page, place.left, place.top, place.width, half), lower


def seal_place(place: Place, *, diameter_mm: float) -> Place:
    """Where the seal goes: over the left third of the signature (Decree 30/2020/NĐ-CP, Annex I)."""
    size = diameter_mm * POINTS_PER_MM
    left = place.left + place.width / 3 - size
    return Place(place.name, place.page, left, place.top + (place.height - size) / 2, size, size)


def verify(pdf: bytes, *, roots: list[Any] | None = None) -> list[SignatureReport]:
    """Every signature of a PDF, first to last; asks nothing outside. ``roots`` as of ``trusted_roots``."""
    context_roots = trusted_roots() if roots is None else roots
    try:
        reader = PdfFileReader(io.BytesIO(pdf), strict=False)
        signatures = list(reader.embedded_regular_signatures)
        return [_report(signature, context_roots) for signature in signatures]
    except (PdfError, ValueError, KeyError, TypeError, IndexError) as broken:
        raise Refusal(
            "papers.unreadable",
            "Không đọc được chữ ký trong tệp PDF này; tệp có thể đã bị sửa hoặc hỏng.",
            field="file",
        ) from broken


class _SignerAt(PdfSigner):
    """Signs with a given moment as signing time, so that paper, certificate and history tell the same time."""

    def __init__(self, *args: Any, at: datetime, **more: Any) -> None:
        super().__init__(*args, **more)
        self._at = at

    def init_signing_session(self, *args: Any, **more: Any) -> Any:
        session = super().init_signing_session(*args, **more)
        session.system_time = self._at
        return session


_FILLING = SimpleBoxLayoutRule(
    x_align=AxisAlignment.ALIGN_MID, y_align=AxisAlignment.ALIGN_MID, margins=Margins.uniform(0)
)


def _signed(writer: IncrementalPdfFileWriter, signer: PdfSigner) -> bytes:
    return signer.sign_pdf(writer).getvalue()


def _append_text_field(writer: IncrementalPdfFileWriter, name: str, place: Place) -> None:
    name_of = generic.pdf_name
    page, _ = writer.prev.find_page_for_modification(place.page - 1)
    field = generic.DictionaryObject(
        {
            name_of("/FT"): name_of("/Tx"),
            name_of("/Type"): name_of("/Annot"),
            name_of("/Subtype"): name_of("/Widget"),
            name_of("/T"): generic.TextStringObject(name),
            name_of("/Rect"): generic.ArrayObject(generic.NumberObject(edge) for edge in _box(writer.prev, place)),
            name_of("/F"): generic.NumberObject(4),  # printed
            name_of("/Ff"): generic.NumberObject(1),  # not for readers to fill
            name_of("/P"): page,
        }
    )
    kept = writer.add_object(field)
    fields = writer.root["/AcroForm"]["/Fields"]
    fields.append(kept)
    writer.update_container(fields)
    writer.register_annotation(page, kept)


def _written(writer: IncrementalPdfFileWriter) -> bytes:
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def _field(reader: PdfFileReader, name: str, place: Place | None) -> SigFieldSpec:
    if place is None:
        return SigFieldSpec(sig_field_name=name)
    return SigFieldSpec(sig_field_name=name, on_page=place.page - 1, box=_box(reader, place))


def _box(reader: PdfFileReader, place: Place) -> tuple[int, int, int, int]:
    """The same place as PDF counts: points from the lower left corner."""
    top = _height_of_page(reader, place.page - 1) - place.top
    return round(place.left), round(top - place.height), round(place.left + place.width), round(top)


def _height_of_page(reader: PdfFileReader, index: int) -> float:
    node = reader.find_page_for_modification(index)[0].get_object()
    while "/MediaBox" not in node:
        node = node["/Parent"]
    box = node["/MediaBox"]
    return float(box[3]) - float(box[1])


def _report(signature: Any, roots: list[Any]) -> SignatureReport:
    context = ValidationContext(trust_roots=roots, allow_fetching=False, revocation_mode="soft-fail")
    status = validate_pdf_signature(signature, context)
    subject = signature.signer_cert.subject.native
    unit = subject.get("organizational_unit_name", "")
    whole = status.coverage in {SignatureCoverageLevel.ENTIRE_FILE, SignatureCoverageLevel.ENTIRE_REVISION}
    return SignatureReport(
        field=signature.field_name,
        signer=str(subject.get("common_name", "")),
        organisation=str(subject.get("organization_name", "")),
        signed_at=signature.self_reported_timestamp,
        intact=bool(status.intact and status.valid),
        covers_whole=whole,
        is_last=status.coverage == SignatureCoverageLevel.ENTIRE_FILE,
        added_only_allowed=bool(status.docmdp_ok),
        trusted=bool(status.trusted),
        is_demonstration=MARK in (unit if isinstance(unit, list) else [unit]),
    )
