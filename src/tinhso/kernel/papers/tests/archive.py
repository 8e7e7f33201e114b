"""What in a PDF breaks ISO 19005-2 (PDF/A-2), as far as its structure shows it, seen by another program than ours.

``faults(pdf)`` names each breach with its clause. It looks at every object of the file and every operator of its pages.
What it does not judge: whether glyphs are as wide as the font says (6.2.11.5), whether ICC profiles are sound inside,
and whether tags mean what people see. For these there is veraPDF, which needs Java.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from typing import Any
from xml.etree import ElementTree

import pikepdf
from pikepdf import Array, Dictionary, Name, Object, Pdf, Stream

ANNOTATIONS = {
    "Text", "Link", "FreeText", "Line", "Square", "Circle", "Polygon", "PolyLine", "Highlight", "Underline", "Squiggly",
    "StrikeOut", "Stamp", "Caret", "Ink", "Popup", "FileAttachment", "Widget", "PrinterMark", "TrapNet", "Watermark",
    "Redact",
}  # fmt: skip
ACTIONS = {"GoTo", "GoToR", "GoToE", "Thread", "URI", "Named", "SubmitForm"}
NAMED = {"NextPage", "PrevPage", "FirstPage", "LastPage"}
BLENDS = {
    "Normal", "Compatible", "Multiply", "Screen", "Overlay", "Darken", "Lighten", "ColorDodge", "ColorBurn",
    "HardLight", "SoftLight", "Difference", "Exclusion", "Hue", "Saturation", "Color", "Luminosity",
}  # fmt: skip
INTENTS = {"RelativeColorimetric", "AbsoluteColorimetric", "Perceptual", "Saturation"}
FILTERS = {
    "ASCIIHexDecode", "ASCII85Decode", "FlateDecode", "RunLengthDecode", "CCITTFaxDecode", "JBIG2Decode", "DCTDecode",
    "JPXDecode",
}  # fmt: skip
_OPERATORS = """b B b* B* BDC BI BMC BT BX c cm CS cs d d0 d1 Do DP EI EMC ET EX f F f* G g gs h i ID j J K k l m M MP
n q Q re RG rg ri s S SC sc SCN scn sh T* Tc Td TD Tf Tj TJ TL Tm Tr Ts Tw Tz v w W W* y ' \""""
DEVICE_OF = {"RG": "DeviceRGB", "rg": "DeviceRGB", "K": "DeviceCMYK", "k": "DeviceCMYK"}
XMP_OWN = {  # XMP specification 2005 and ISO 19005: schemas that need no description in the file
    "http://purl.org/dc/elements/1.1/", "http://ns.adobe.com/xap/1.0/", "http://ns.adobe.com/xap/1.0/mm/",
    "http://ns.adobe.com/xap/1.0/rights/", "http://ns.adobe.com/xap/1.0/bj/", "http://ns.adobe.com/xap/1.0/t/pg/",
    "http://ns.adobe.com/pdf/1.3/", "http://ns.adobe.com/photoshop/1.0/", "http://ns.adobe.com/tiff/1.0/",
    "http://ns.adobe.com/exif/1.0/", "http://www.aiim.org/pdfa/ns/id/", "http://www.aiim.org/pdfa/ns/extension/",
}  # fmt: skip
RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
PDFA = "{http://www.aiim.org/pdfa/ns/id/}"
SCHEMA_URI = "{http://www.aiim.org/pdfa/ns/schema#}namespaceURI"
OPERATORS = {*_OPERATORS.split(), "INLINE IMAGE"}
LARGEST, LONGEST_STRING, LONGEST_NAME, DEEPEST, MOST_OBJECTS = 2**31 - 1, 32767, 127, 28, 8_388_607
SHORTEST_PAGE, LONGEST_PAGE = 3, 14400
INVISIBLE, PRINT, NEVER = (
    3,
    4,
    1 | 2 | 32 | 256,
)  # text mode; annotation flags: print; invisible, hidden, no view, toggle


def faults(pdf: bytes, *, tagged: bool = False) -> list[str]:
    """Each breach as ``clause: what``, sorted; ``tagged``: level A is claimed, not only B."""
    with Pdf.open(io.BytesIO(pdf)) as paper:
        checks = [_file(pdf, paper), _catalog(paper), _metadata(paper), _intents(paper), _objects(paper), _pages(paper)]
        if tagged:
            checks.append(_tags(paper))
        return sorted({one for check in checks for one in check})


def claim(pdf: bytes) -> str:
    """Which part and level the file says it follows: ``2B``."""
    with Pdf.open(io.BytesIO(pdf)) as paper:
        return _claimed(paper)


def _file(pdf: bytes, paper: Pdf) -> Iterator[str]:
    head = pdf[:40].splitlines()
    if not re.fullmatch(rb"%PDF-1\.[0-7]", head[0]):
        yield f"6.1.2: header {head[0]!r}"
    mark = pdf[len(head[0]) :].lstrip(b"\r\n")[:5]
    if mark[:1] != b"%" or sum(byte > 127 for byte in mark[1:5]) < 4:
        yield "6.1.2: no comment of four high bytes after the header"
    if len(list(paper.trailer.get("/ID", []))) != 2:
        yield "6.1.3: no file identifier"
    if paper.is_encrypted or "/Encrypt" in paper.trailer:
        yield "6.1.3: encrypted"
    if not re.search(rb"%%EOF(\r\n|\r|\n)?\Z", pdf):
        yield "6.1.3: something follows the end of the file"
    if len(paper.objects) > MOST_OBJECTS:
        yield "6.1.13: too many objects"


def _catalog(paper: Pdf) -> Iterator[str]:
    root = paper.Root
    for key, clause in {
        "/AA": "6.5.2", "/Requirements": "6.11", "/NeedsRendering": "6.4.2",
    }.items():  # fmt: skip
        if key in root:
            yield f"{clause}: {key} in the catalog"
    names = root.get("/Names", Dictionary())
    for key, clause in {"/JavaScript": "6.5.1", "/EmbeddedFiles": "6.8", "/AlternatePresentations": "6.10"}.items():
        if key in names:
            yield f"{clause}: {key} in the catalog's names"
    form = root.get("/AcroForm", Dictionary())
    if bool(form.get("/NeedAppearances", False)):
        yield "6.4.1: a form that must be drawn by the reader"
    if "/XFA" in form:
        yield "6.4.2: an XFA form"
    if set(root.get("/Perms", Dictionary()).keys()) - {"/UR3", "/DocMDP"}:
        yield "6.1.12: unknown permissions"
    layers = root.get("/OCProperties", Dictionary())
    for one in [layers.get("/D", Dictionary()), *list(layers.get("/Configs", []))] if layers else []:
        if "/Name" not in one or "/AS" in one:
            yield "6.9: a set of layers without a name, or that switches by itself"


def _xmp(paper: Pdf) -> Any:
    return ElementTree.fromstring(paper.Root.Metadata.read_bytes())


def _claimed(paper: Pdf) -> str:
    found = {}
    for one in _xmp(paper).iter(f"{RDF}Description"):
        for name in ("part", "conformance"):
            told = one.get(PDFA + name) or one.findtext(PDFA + name)
            found[name] = told or found.get(name, "")
    return f"{found.get('part', '')}{found.get('conformance', '')}"


def _metadata(paper: Pdf) -> Iterator[str]:
    metadata = paper.Root.get("/Metadata")
    if not isinstance(metadata, Stream):
        yield "6.6.2.1: no metadata"
        return
    head = metadata.read_bytes()[:200]
    if re.search(rb"<\?xpacket[^?]*(bytes|encoding)=", head):
        yield "6.6.2.1: bytes or encoding in the packet's header"
    if not re.fullmatch("2[ABU]", _claimed(paper)):
        yield f"6.6.4: claims {_claimed(paper)!r}"
    described = {one.text or one.get(f"{RDF}resource") for one in _xmp(paper).iter(SCHEMA_URI)}  # XMP allows both
    for one in _xmp(paper).findall(f"{RDF}RDF/{RDF}Description"):  # those within one another are values
        for name in [*(child.tag for child in one), *one.keys()]:
            space = name[1:].partition("}")[0]
            if space not in XMP_OWN | described | {RDF[1:-1]} and "/pdfa/ns/" not in space:
                yield f"6.6.2.3: {name} is described nowhere"
    yield from _same_title(paper)


def _same_title(paper: Pdf) -> Iterator[str]:
    """6.6.3: what stands in the old information dictionary says the same as the metadata."""
    said = str(paper.docinfo["/Title"]) if "/Title" in paper.docinfo else ""
    told = [one.text for one in _xmp(paper).findall(f".//{{http://purl.org/dc/elements/1.1/}}title//{RDF}li")]
    if said and said not in told:
        yield f"6.6.3: title {said!r} is {told!r} in the metadata"


def _intents(paper: Pdf) -> Iterator[str]:
    found = [one for one in paper.Root.get("/OutputIntents", []) if one.get("/S") == "/GTS_PDFA1"]
    if not found:
        yield "6.2.3: no output intent"
    profiles = {one.get("/DestOutputProfile", Dictionary()).objgen for one in found}
    if len(profiles) > 1:
        yield "6.2.3: output intents with different profiles"
    for one in found:
        profile = one.get("/DestOutputProfile")
        if not isinstance(profile, Stream):
            yield "6.2.3: an output intent without profile"
            continue
        data = profile.read_bytes()
        kinds = {b"RGB ": 3, b"GRAY": 1, b"CMYK": 4}
        if data[36:40] != b"acsp" or data[12:16] not in (b"mntr", b"prtr"):
            yield "6.2.3: the profile is none of a screen or a printer"
        if kinds.get(data[16:20]) != int(profile.N):
            yield "6.2.3: the profile has another number of colours than it says"


def _device_spaces(paper: Pdf) -> set[str]:
    """Device colours that the output intent gives a meaning."""
    sizes = {int(one.DestOutputProfile.N) for one in paper.Root.get("/OutputIntents", [])}
    return {"DeviceGray"} | ({"DeviceRGB"} if 3 in sizes else set()) | ({"DeviceCMYK"} if 4 in sizes else set())


def _objects(paper: Pdf) -> Iterator[str]:
    allowed = _device_spaces(paper)
    for one in paper.objects:
        yield from _values(one)
        if isinstance(one, Stream):
            yield from _stream(one)
        if isinstance(one, (Dictionary, Stream)):
            yield from _dictionary(one, allowed)


def _values(one: Object, depth: int = 0) -> Iterator[str]:
    """6.1.8 and 6.1.13: names, strings and numbers that every reader can hold; colours and actions met on the way."""
    if depth > DEEPEST:
        return
    if isinstance(one, (Dictionary, Stream)):
        for key in list(one.keys()):
            if len(key.encode()) - 1 > LONGEST_NAME:
                yield "6.1.13: a name that is too long"
            child = one.get(key)
            if isinstance(child, Object) and not child.is_indirect:
                yield from _values(child, depth + 1)
                if isinstance(child, Dictionary):
                    yield from _dictionary(child, None)
            elif isinstance(child, int) and abs(child) > LARGEST:
                yield "6.1.13: a number that is too large"
    elif isinstance(one, Array):
        for child in one:
            if isinstance(child, Object) and not child.is_indirect:
                yield from _values(child, depth + 1)
                if isinstance(child, Dictionary):
                    yield from _dictionary(child, None)
    elif isinstance(one, pikepdf.String) and len(bytes(one)) > LONGEST_STRING:
        yield "6.1.13: a string that is too long"


def _stream(one: Stream) -> Iterator[str]:
    for key in ("/F", "/FFilter", "/FDecodeParms"):
        if key in one.stream_dict:
            yield f"6.1.7.1: a stream with {key}"
    filters = one.get("/Filter", [])
    for name in [filters] if isinstance(filters, Name) else list(filters):
        if str(name)[1:] not in FILTERS:
            yield f"6.1.7.2: filter {name}"


def _dictionary(one: Any, allowed: set[str] | None) -> Iterator[str]:
    kind, subtype = str(one.get("/Type", "")), str(one.get("/Subtype", ""))
    if kind == "/Action" or (kind == "" and "/S" in one and ("/URI" in one or "/JS" in one)):
        yield from _action(one)
    if kind == "/Font":
        yield from _font(one)
    if kind == "/ExtGState" or ("/BM" in one and "/CA" in one):
        yield from _state(one)
    if kind == "/Filespec" and ("/EF" in one or "/RF" in one):
        yield "6.8: an embedded file"
    if kind == "/Annot" or ("/Rect" in one and subtype[1:] in ANNOTATIONS):
        yield from _annotation(one)
    if subtype == "/Image" and isinstance(one, Stream):
        yield from _image(one, allowed or set())
    if subtype == "/Form" and isinstance(one, Stream):
        for key in ("/OPI", "/PS", "/Ref"):
            if key in one:
                yield f"6.2.9: a drawing with {key}"
        if one.get("/Subtype2") == "/PS":
            yield "6.2.9: PostScript"
    if subtype == "/PS":
        yield "6.2.9: PostScript"


def _action(one: Any) -> Iterator[str]:
    what = str(one.get("/S", ""))[1:]
    if what not in ACTIONS:
        yield f"6.5.1: action {what}"
    if what == "Named" and str(one.get("/N", ""))[1:] not in NAMED:
        yield f"6.5.1: named action {one.get('/N')}"


def _state(one: Any) -> Iterator[str]:
    for key in ("/TR", "/HTP"):
        if key in one:
            yield f"6.2.5: {key} in a graphics state"
    if "/TR2" in one and one.TR2 != "/Default":
        yield "6.2.5: a transfer function"
    if "/RI" in one and str(one.RI)[1:] not in INTENTS:
        yield f"6.2.6: rendering intent {one.RI}"
    blends = one.get("/BM", Name.Normal)
    for name in [blends] if isinstance(blends, Name) else list(blends):
        if str(name)[1:] not in BLENDS:
            yield f"6.2.10: blend mode {name}"


def _image(one: Stream, allowed: set[str]) -> Iterator[str]:
    for key in ("/Alternates", "/OPI"):
        if key in one:
            yield f"6.2.8: a picture with {key}"
    if bool(one.get("/Interpolate", False)):
        yield "6.2.8: a picture that is smoothed"
    if "/Intent" in one and str(one.Intent)[1:] not in INTENTS:
        yield f"6.2.6: rendering intent {one.Intent}"
    yield from _space(one.get("/ColorSpace"), allowed)


def _space(space: Any, allowed: set[str]) -> Iterator[str]:
    """6.2.4: device colours only where the output intent gives them a meaning."""
    if isinstance(space, Name):
        if str(space).startswith("/Device") and str(space)[1:] not in allowed:
            yield f"6.2.4.3: {space} without an output intent"
    elif isinstance(space, Array) and len(space):
        if space[0] == "/ICCBased" and int(space[1].N) not in (1, 3, 4):
            yield "6.2.4.2: a profile with a strange number of colours"
        if space[0] in ("/Indexed", "/Pattern") and len(space) > 1:
            yield from _space(space[1], allowed)
        if space[0] in ("/Separation", "/DeviceN"):
            yield from _space(space[2], allowed)


def _annotation(one: Any) -> Iterator[str]:
    what, flags = str(one.get("/Subtype", ""))[1:], int(one.get("/F", 0))
    if what not in ANNOTATIONS:
        yield f"6.3.1: annotation {what}"
    if what != "Popup" and (not flags & PRINT or flags & NEVER):
        yield f"6.3.2: annotation {what} with flags {flags}"
    if "/AA" in one:
        yield f"6.5.2: annotation {what} acts by itself"
    rectangle = [float(value) for value in one.get("/Rect", [0, 0, 0, 0])]
    is_empty = rectangle[0] == rectangle[2] and rectangle[1] == rectangle[3]
    if what not in ("Popup", "Link") and not is_empty:
        drawn = one.get("/AP")
        if drawn is None or set(drawn.keys()) != {"/N"}:
            yield f"6.3.3: annotation {what} without one appearance"


def _font(one: Any) -> Iterator[str]:
    """6.2.11: embedded, with the tables that say which glyph and which letter a code means."""
    kind, name = str(one.get("/Subtype", ""))[1:], str(one.get("/BaseFont", ""))
    if kind == "Type0":
        inner, cmap = one.DescendantFonts[0], one.get("/Encoding")
        if isinstance(cmap, Name) and cmap not in ("/Identity-H", "/Identity-V"):
            yield f"6.2.11.3.3: {name} uses {cmap}"
        if inner.get("/Subtype") == "/CIDFontType2" and "/CIDToGIDMap" not in inner:
            yield f"6.2.11.3.2: {name} has no map to its glyphs"
        yield from _embedded(inner, name)
    elif kind in ("Type1", "TrueType", "MMType1"):
        yield from _embedded(one, name)
    if kind != "Type3" and "/ToUnicode" not in one and kind in ("Type0",):
        yield f"6.2.11.7: {name} does not say which letters it draws"


def _embedded(one: Any, name: str) -> Iterator[str]:
    said = one.get("/FontDescriptor", Dictionary())
    if not any(key in said for key in ("/FontFile", "/FontFile2", "/FontFile3")):
        yield f"6.2.11.4.1: {name} is not embedded"


def _pages(paper: Pdf) -> Iterator[str]:
    allowed = _device_spaces(paper)
    for page in paper.pages:
        if "/AA" in page.obj:
            yield "6.5.2: a page acts by itself"
        if "/PresSteps" in page.obj:
            yield "6.10: a page that presents itself"
        sides = [float(value) for value in page.mediabox]
        if not all(SHORTEST_PAGE <= side <= LONGEST_PAGE for side in (sides[2] - sides[0], sides[3] - sides[1])):
            yield "6.1.13: a page of a strange size"
        yield from _content(page, allowed)
        for drawing in _drawings(page.resources):
            yield from _content(drawing, allowed)


def _drawings(resources: Any, seen: set[tuple[int, int]] | None = None) -> Iterator[Any]:
    """All drawings that a page uses, also within one another, each once."""
    seen = set() if seen is None else seen
    for one in resources.get("/XObject", Dictionary()).values():
        if one.get("/Subtype") == "/Form" and one.objgen not in seen:
            seen.add(one.objgen)
            yield one
            yield from _drawings(one.get("/Resources", Dictionary()), seen)


def _content(page: Any, allowed: set[str]) -> Iterator[str]:
    """6.2.2: known operators only; colours with a meaning; states that are put back; resources that are there."""
    depth = 0
    resources = page.resources if isinstance(page, pikepdf.Page) else page.get("/Resources", Dictionary())
    for operands, operator in pikepdf.parse_content_stream(page):
        word = str(operator)
        if word not in OPERATORS:
            yield f"6.2.2: operator {word}"
        depth += {"q": 1, "Q": -1}.get(word, 0)
        if depth > DEEPEST:
            yield "6.1.13: states within states"
        if DEVICE_OF.get(word, "DeviceGray") not in allowed:
            yield f"6.2.4.3: {DEVICE_OF[word]} without an output intent"
        if word in ("cs", "CS"):
            named = resources.get("/ColorSpace", Dictionary()).get(str(operands[0]), operands[0])
            yield from _space(named, allowed)
        if word == "ri" and str(operands[0])[1:] not in INTENTS:
            yield f"6.2.6: rendering intent {operands[0]}"
        for key, users in (("/Font", ("Tf",)), ("/XObject", ("Do",)), ("/ExtGState", ("gs",))):
            if word in users and str(operands[0]) not in resources.get(key, Dictionary()):
                yield f"6.2.2: {operands[0]} is in no list of resources"


def _tags(paper: Pdf) -> Iterator[str]:
    """6.7: level A is for people who cannot see the page."""
    root = paper.Root
    if not bool(root.get("/MarkInfo", Dictionary()).get("/Marked", False)):
        yield "6.7.2.2: not marked as tagged"
    if "/StructTreeRoot" not in root:
        yield "6.7.3.3: no structure"
    if not re.fullmatch("[a-z]{2,3}(-[A-Za-z0-9]+)*", str(root.get("/Lang", ""))):
        yield "6.7.4: no language"
