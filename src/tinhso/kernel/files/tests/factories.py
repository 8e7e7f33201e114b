"""Small real files, made on the spot."""

from __future__ import annotations

import io
import zipfile

from PIL import Image


def picture(kind: str = "PNG", size: tuple[int, int] = (8, 6)) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, (10, 123, 113)).save(out, kind)
    return out.getvalue()


def pdf(words: str = "xin chào") -> bytes:
    return b"%PDF-1.7\n% " + words.encode() + b"\n%%EOF\n"


def archive(parts: dict[str, bytes], *, stored_first: bool = False) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        for number, (name, content) in enumerate(parts.items()):
            method = zipfile.ZIP_STORED if stored_first and number == 0 else zipfile.ZIP_DEFLATED
            file.writestr(name, content, method)
    return out.getvalue()


def docx(**more: bytes) -> bytes:
    return archive({"[Content_Types].xml": b"<Types/>", "word/document.xml": b"<w:document/>", **more})


def xlsx() -> bytes:
    return archive({"[Content_Types].xml": b"<Types/>", "xl/workbook.xml": b"<workbook/>"})


def odt() -> bytes:
    return archive({"mimetype": b"application/vnd.oasis.opendocument.text", "content.xml": b"<x/>"}, stored_first=True)


def heic() -> bytes:
    return b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic" + b"\x00" * 64
