"""What may be uploaded: names, types, sizes, and files that pretend to be something else.

Everything here works on values that were read before (the first bytes, the table of contents of an archive, the
measure of a picture), so the rules can be checked without a disk. A file is never unpacked to be judged.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from tinhso.kernel.errors import Refusal

HEAD_BYTES = 4096
NAME_BYTES = 180
MAX_PIXELS = 120_000_000  # a 108-megapixel telephone camera passes
MAX_ENTRIES = 5_000
MAX_UNPACKED = 300 * 1024 * 1024
MAX_RATIO = 120  # ordinary office files shrink 3 to 40 times
RATIO_FROM = 5 * 1024 * 1024  # below this, a high ratio harms nobody

PDF, JPEG, PNG, WEBP, HEIC = "application/pdf", "image/jpeg", "image/png", "image/webp", "image/heic"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ODT = "application/vnd.oasis.opendocument.text"
ZIP = "application/zip"

EXTENSIONS: dict[str, tuple[str, ...]] = {
    PDF: ("pdf",),
    JPEG: ("jpg", "jpeg", "jpe", "jfif"),
    PNG: ("png",),
    WEBP: ("webp",),
    HEIC: ("heic", "heif"),
    DOCX: ("docx",),
    XLSX: ("xlsx",),
    ODT: ("odt",),
    ZIP: ("zip",),
}
WORDS: dict[str, str] = {
    PDF: "PDF",
    JPEG: "ảnh JPEG",
    PNG: "ảnh PNG",
    WEBP: "ảnh WEBP",
    HEIC: "ảnh HEIC",
    DOCX: "văn bản Word (docx)",
    XLSX: "bảng tính Excel (xlsx)",
    ODT: "văn bản ODT",
    ZIP: "tệp nén ZIP",
}
PICTURES = frozenset({JPEG, PNG, WEBP, HEIC})
ARCHIVES = frozenset({DOCX, XLSX, ODT, ZIP})
USUAL = frozenset(EXTENSIONS) - {ZIP}
SHOWN_INLINE = frozenset({PDF, JPEG, PNG, WEBP})

_HEIF_BRANDS = {b"heic", b"heix", b"hevc", b"heim", b"heis", b"mif1", b"msf1"}
_KEPT_FORMAT_CHARACTERS = {"\u200c", "\u200d"}  # joiners that Persian, Indian scripts and emoji are spelt with
_FORBIDDEN_IN_NAMES = set('<>:"|?*')


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of an archive's table of contents; sizes in bytes."""

    name: str
    packed: int
    unpacked: int


def sniff(head: bytes, name: str = "", entries: Iterable[Entry] | None = None) -> str:
    """The media type the content shows, or ``""`` when it is none we know.

    ``head`` is the first ``HEAD_BYTES`` bytes. Office files are archives: which one tells its table of contents.
    ``name`` does not count: it says what the sender claims, and ``agreed_name`` compares the two.
    """
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n")
    if start.startswith(b"%PDF-"):
        return PDF
    if head.startswith(b"\xff\xd8\xff"):
        return JPEG
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return PNG
    if head.startswith(b"RIFF") and head[8:12] == b"WEBP":
        return WEBP
    if head[4:8] == b"ftyp" and head[8:12] in _HEIF_BRANDS:
        return HEIC
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _kind_of_archive(head, [entry.name for entry in entries or ()])
    return ""


def _kind_of_archive(head: bytes, names: list[str]) -> str:
    if head[30:38] == b"mimetype" and ODT.encode() in head[38:120]:
        return ODT
    if "[Content_Types].xml" in names:
        if "word/document.xml" in names:
            return DOCX
        if "xl/workbook.xml" in names:
            return XLSX
    return ZIP


def clean_name(raw: str) -> str:
    """The name without folders, control characters and tricks: NFC, any script, at most ``NAME_BYTES`` in UTF-8."""
    last = unicodedata.normalize("NFC", raw.encode("utf-8", "ignore").decode()).replace("\\", "/").rsplit("/", 1)[-1]
    letters = ("_" if c in _FORBIDDEN_IN_NAMES else c for c in last if _may_stand_in_name(c))
    words = " ".join("".join(letters).split()).strip(". ")
    stem, dot, extension = words.rpartition(".")
    if not dot or not stem or not extension.isalnum() or len(extension) > 10:
        stem, extension = words, ""
    ending = f".{extension}" if extension else ""
    return (_shortened(stem, NAME_BYTES - len(ending.encode())) or "tệp") + ending


def _may_stand_in_name(character: str) -> bool:
    category = unicodedata.category(character)
    if character.isspace():
        return True
    return character in _KEPT_FORMAT_CHARACTERS or category not in {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}


def _shortened(text: str, limit: int) -> str:
    """The beginning of ``text`` that fits ``limit`` bytes, without half a letter at its end."""
    if len(text.encode()) <= limit:
        return text
    cut = text.encode()[:limit].decode("utf-8", "ignore")
    rest = text[len(cut) : len(cut) + 1]
    while cut and rest and (unicodedata.combining(rest) or rest in "\u200d\ufe0f" or cut[-1] == "\u200d"):
        rest, cut = cut[-1], cut[:-1]
    return cut.rstrip()


def agreed_name(name: str, media_type: str) -> str:
    """The clean name if its extension agrees with the content; refused when the name lies.

    A missing extension is added. Among pictures a wrong one is put right: telephones and chat programs often save a
    JPEG as .png, and no harm lies in it.
    """
    extension = name.rpartition(".")[2].casefold() if "." in name else ""
    known = EXTENSIONS[media_type]
    if extension in known:
        return name
    claimed = next((kind for kind, endings in EXTENSIONS.items() if extension in endings), None)
    if not extension:
        return f"{name}.{known[0]}"
    if media_type in PICTURES and claimed in PICTURES:
        return f"{name.rpartition('.')[0]}.{known[0]}"
    raise Refusal(
        "files.lying_type",
        f"Tệp “{name}” không đúng loại: nội dung là {WORDS[media_type]} nhưng tên có đuôi .{extension}. "
        f"Đổi đuôi thành .{known[0]} hoặc chọn đúng tệp rồi tải lại.",
        field="file",
    )


def check_size(name: str, size: int, limit: int) -> None:
    """Refuses an empty file and one over ``limit`` bytes."""
    if size == 0:
        raise Refusal(
            "files.empty",
            f"Tệp “{name}” rỗng (0 byte). Có thể tệp bị lỗi khi chép; mở thử trên máy của bạn rồi tải lại.",
            field="file",
        )
    if size > limit:
        raise Refusal(
            "files.too_big",
            f"Tệp “{name}” lớn hơn {_megabytes(limit)}. Giảm độ phân giải khi quét, hoặc tách tệp thành nhiều phần.",
            field="file",
        )


def check_type(name: str, media_type: str, allowed: frozenset[str]) -> None:
    """Refuses what is not among the allowed types."""
    if media_type in allowed:
        return
    words = ", ".join(WORDS[kind] for kind in EXTENSIONS if kind in allowed)
    seen = f"là {WORDS[media_type]}" if media_type in WORDS else "thuộc loại không nhận"
    way = "Chuyển tệp sang PDF hoặc chụp ảnh rồi tải lại." if PDF in allowed else "Chụp ảnh rồi tải lại."
    raise Refusal(
        "files.type_not_allowed",
        f"Tệp “{name}” {seen}. Chỉ nhận: {words}. {way}",
        field="file",
    )


def check_archive(name: str, entries: list[Entry]) -> None:
    """Refuses archives that would burst when opened, hide macros or climb out of their folder."""
    unpacked = sum(entry.unpacked for entry in entries)
    packed = max(1, sum(entry.packed for entry in entries))
    if (
        len(entries) > MAX_ENTRIES
        or unpacked > MAX_UNPACKED
        or (unpacked > RATIO_FROM and unpacked / packed > MAX_RATIO)
    ):
        raise Refusal(
            "files.archive_bomb",
            f"Tệp “{name}” phình ra quá lớn khi mở ({_megabytes(unpacked)}, {len(entries)} phần). "
            "Lưu lại tệp ở dạng PDF rồi tải lại.",
            field="file",
        )
    if any(entry.name.endswith("vbaProject.bin") for entry in entries):
        raise Refusal(
            "files.macro",
            f"Tệp “{name}” chứa macro nên không được nhận. Lưu lại ở dạng không có macro hoặc PDF rồi tải lại.",
            field="file",
        )
    if any(entry.name.startswith(("/", "\\")) or ".." in entry.name.replace("\\", "/").split("/") for entry in entries):
        raise damaged(name)


def check_picture(name: str, width: int, height: int) -> None:
    """Refuses pictures of more than ``MAX_PIXELS``; width and height in pixels."""
    if width * height > MAX_PIXELS:
        raise Refusal(
            "files.image_bomb",
            f"Ảnh “{name}” quá lớn ({width} × {height} điểm ảnh). Chụp hoặc quét lại ở độ phân giải thấp hơn.",
            field="file",
        )


def locked(name: str) -> Refusal:
    return Refusal(
        "files.locked",
        f"Tệp “{name}” có mật khẩu nên cán bộ không mở được. Bỏ mật khẩu (mở tệp, in lại thành PDF) rồi tải lại.",
        field="file",
    )


def damaged(name: str) -> Refusal:
    return Refusal(
        "files.damaged",
        f"Tệp “{name}” bị hỏng, không mở được. Mở thử trên máy của bạn, lưu lại rồi tải lên lần nữa.",
        field="file",
    )


def key_of(sha256: str) -> str:
    """Where the content with this fingerprint lies in the store."""
    return f"files/{sha256[:2]}/{sha256[2:4]}/{sha256}"


def _megabytes(size: int) -> str:
    number = f"{size / (1024 * 1024):.1f}".rstrip("0").rstrip(".").replace(".", ",")
    return f"{number} MB"
