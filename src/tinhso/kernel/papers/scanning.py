"""Scans and photos of papers made into archive PDFs (PDF/A-2b) whose Vietnamese text can be searched and copied.

Every input becomes page pictures first, so nothing that a foreign PDF may carry (scripts, forms, attachments) reaches
what is kept. Four programs do the work, each watched over time and memory: poppler reads PDFs, Pillow rights the
pictures, Tesseract reads the text and lays it under each picture, Ghostscript writes the PDF/A.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import time
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

from PIL import Image, ImageCms, ImageOps, ImageStat

from tinhso.kernel.errors import Refusal, Unavailable

PROGRAMS = ("tesseract", "gs", "pdfinfo", "pdftoppm", "pdfimages")
A4_LONG_INCHES = 11.69
LONGEST_SIDE = 3600  # pixels of a kept page: A4 at 308 dots an inch
LEAST_DPI, MOST_DPI = 150, 300
BLANK_SPREAD = 4.0  # standard deviation of brightness (0 to 127) under which a page is empty
TURN_FROM = 4.0  # how sure Tesseract must be of the reading direction before a page is turned
_WORD = re.compile(r"[^\W\d_]{2,}")


@dataclass(frozen=True, slots=True)
class Source:
    """An uploaded content: where it lies, ``application/pdf`` or a picture's type, and the name people know."""

    path: Path
    media_type: str
    name: str


@dataclass(frozen=True, slots=True)
class Bounds:
    """How much one digitisation may take: pages, seconds in all and for a page's text, bytes of memory a program."""

    pages: int = 120
    seconds: int = 900
    seconds_a_page: int = 60
    memory: int = 2 * 1024**3


@dataclass(frozen=True, slots=True)
class Page:
    """What a page is worth: dots an inch (pictures: as if the sheet were A4), emptiness, number of words read."""

    number: int
    dpi: int
    is_blank: bool
    words: int


@dataclass(frozen=True, slots=True)
class Scan:
    """The archive PDF, its text (NFC, pages divided by form feeds) and what each page is worth."""

    pdf: bytes
    text: str
    pages: tuple[Page, ...] = field(default=())


def is_ready() -> bool:
    """Whether the programs are installed on this machine."""
    return all(shutil.which(name) for name in PROGRAMS)


def digitise(sources: Sequence[Source], *, title: str = "", bounds: Bounds | None = None) -> Scan:
    """One archive PDF of all sources, in their order. ``title`` is written into the file, ASCII only.

    Raises Refusal with what to do about it: ``papers.encrypted``, ``papers.damaged``, ``papers.too_many_pages``,
    ``papers.too_slow``; Unavailable where a program is missing. The sources are only read.
    """
    if not is_ready():
        raise Unavailable("papers.no_ocr")
    with TemporaryDirectory(prefix="scan-") as folder:
        return _Work(Path(folder), bounds or Bounds()).run(sources, title)


def text_of(pdf: bytes, *, most: int = 200_000) -> str:
    """The text that stands in a PDF, without reading pictures; empty when there is none or it cannot be read."""
    if not shutil.which("pdftotext"):
        return ""
    with TemporaryDirectory(prefix="text-") as folder:
        path = Path(folder) / "paper.pdf"
        path.write_bytes(pdf)
        try:
            told = _Work(Path(folder), Bounds())._ask(["pdftotext", "-q", str(path), "-"], seconds=30)
        except Refusal:
            return ""
    return _plain(told.stdout)[:most]


class _Work:
    """One digitisation in a folder of its own."""

    def __init__(self, folder: Path, bounds: Bounds) -> None:
        self.folder, self.bounds = folder, bounds
        self.ends = time.monotonic() + bounds.seconds

    def run(self, sources: Sequence[Source], title: str) -> Scan:
        counts = [self._count(source) for source in sources]
        if sum(counts) > self.bounds.pages:
            raise Refusal(
                "papers.too_many_pages",
                f"Bản quét có {sum(counts)} trang; mỗi lần số hóa nhận tối đa {self.bounds.pages} trang. "
                "Tách tài liệu thành nhiều phần rồi quét từng phần.",
                field="file",
            )
        texts: list[str] = []
        pages: list[Page] = []
        files: list[Path] = []
        for source, count in zip(sources, counts, strict=True):
            for index in range(count):
                picture, dpi = self._picture(source, index, len(pages) + 1)
                is_blank = _is_blank(picture)
                file, text = self._read(picture, dpi, is_blank)
                texts.append(text)
                files.append(file)
                pages.append(Page(len(pages) + 1, dpi, is_blank, len(_WORD.findall(text))))
                picture.unlink()
        return Scan(self.archive(files, title), "\f".join(texts), tuple(pages))

    def _count(self, source: Source) -> int:
        """Number of pages; a picture is one."""
        if source.media_type != "application/pdf":
            return 1
        told = self._ask(["pdfinfo", str(source.path)], seconds=30)
        if "Incorrect password" in told.stderr:
            raise Refusal(
                "papers.encrypted",
                f"Tệp “{source.name}” có mật khẩu nên không mở được. Bỏ mật khẩu rồi tải lại, hoặc quét lại bản giấy.",
                field="file",
            )
        found = re.search(r"^Pages:\s+(\d+)", told.stdout, re.MULTILINE)
        if told.returncode or found is None or int(found[1]) == 0:
            raise _damaged(source.name)
        return int(found[1])

    def _picture(self, source: Source, index: int, number: int) -> tuple[Path, int]:
        """The page as an upright JPEG of at most ``LONGEST_SIDE``, and its dots an inch."""
        path = self.folder / f"page-{number:04d}.jpg"
        raw = self._drawn(source, index) if source.media_type == "application/pdf" else source.path
        try:
            with Image.open(raw) as opened:
                opened.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
                dpi = round(max(opened.size) / A4_LONG_INCHES)
                upright = ImageOps.exif_transpose(opened)
                upright = _on_white(upright)
                upright.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
                kept = min(dpi, round(max(upright.size) / A4_LONG_INCHES))
                upright.save(path, "JPEG", quality=85, dpi=(max(kept, 70),) * 2)
        except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as broken:
            raise _damaged(source.name) from broken
        return self._turned(path, kept), dpi

    def _drawn(self, source: Source, index: int) -> Path:
        """One page of a PDF as a picture, at the resolution it was scanned with."""
        page = str(index + 1)
        listed = self._ask(["pdfimages", "-list", "-f", page, "-l", page, str(source.path)], seconds=30).stdout
        known = [int(one) for one in re.findall(r"(\d+)\s+\d+\s+[\d.]+[BKMG]\s+[\d.]+%", listed)]
        dpi = min(MOST_DPI, max(LEAST_DPI, max(known, default=200)))
        size = self._ask(["pdfinfo", "-f", page, "-l", page, str(source.path)], seconds=30).stdout
        found = re.search(r"size:\s+([\d.]+) x ([\d.]+)", size)
        longest = max(float(found[1]), float(found[2])) / 72 * dpi if found else LONGEST_SIDE
        scale = ["-r", str(dpi)] if longest <= LONGEST_SIDE else ["-scale-to", str(LONGEST_SIDE)]
        target = self.folder / "drawn"
        command = ["pdftoppm", "-f", page, "-l", page, *scale, "-singlefile", "-jpeg", "-jpegopt", "quality=92"]
        if self._ask([*command, str(source.path), str(target)], seconds=120).returncode:
            raise _damaged(source.name)
        return target.with_suffix(".jpg")

    def _turned(self, path: Path, dpi: int) -> Path:
        """The page the right way up, where Tesseract is sure of it."""
        told = self._ask(["tesseract", str(path), "-", "--psm", "0", "--dpi", str(max(dpi, 70))], seconds=30).stdout
        turn = re.search(r"Rotate: (\d+)", told)
        sure = re.search(r"Orientation confidence: ([\d.]+)", told)
        if turn and sure and int(turn[1]) and float(sure[1]) >= TURN_FROM:
            with Image.open(path) as opened:
                opened.rotate(-int(turn[1]), expand=True).save(path, "JPEG", quality=90, dpi=(max(dpi, 70),) * 2)
        return path

    def _read(self, picture: Path, dpi: int, is_blank: bool) -> tuple[Path, str]:
        """The page as a PDF with its text under the picture; without text where none can be read in time."""
        base = picture.with_suffix("")
        dots = str(min(max(dpi, 70), MOST_DPI + 10))
        if not is_blank:
            command = ["tesseract", str(picture), str(base), "-l", "vie", "--dpi", dots, "pdf", "txt"]
            told = self._ask(command, seconds=self.bounds.seconds_a_page, may_time_out=True)
            if told.returncode == 0:
                return base.with_suffix(".pdf"), _plain(base.with_suffix(".txt").read_text(errors="ignore"))
        with Image.open(picture) as opened:
            opened.save(base.with_suffix(".pdf"), "PDF", resolution=max(dpi, 70))
        return base.with_suffix(".pdf"), ""

    def archive(self, files: Sequence[Path], title: str) -> bytes:
        """The files as one PDF/A-2b with the colour space in which its pictures are meant (ISO 19005-2, 6.2.3).

        Policy 2: Ghostscript gives up rather than write what the standard does not allow.
        """
        profile = self.folder / "srgb.icc"
        profile.write_bytes(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
        definition = self.folder / "archive.ps"
        plain = re.sub(r"[^A-Za-z0-9 .\-]", "", title)[:80] or "Scan"
        definition.write_text(_DEFINITION % {"profile": profile, "title": plain})
        out = self.folder / "archive.pdf"
        command = [
            "gs", "-dPDFA=2", "-dPDFACompatibilityPolicy=2", "-dBATCH", "-dNOPAUSE", "-dQUIET", "-dNOOUTERSAVE",
            "-sDEVICE=pdfwrite", "-sColorConversionStrategy=RGB", f"--permit-file-read={profile}",
            f"-sOutputFile={out}", str(definition), *map(str, files),
        ]  # fmt: skip
        told = self._ask(command, seconds=max(60, 5 * len(files)))
        if told.returncode or not out.exists():
            raise _damaged("bản quét")
        return out.read_bytes()

    def _ask(
        self, command: list[str], *, seconds: float, may_time_out: bool = False
    ) -> subprocess.CompletedProcess[str]:
        """Run one program, politely and within bounds; its own failure is for the caller to judge."""
        left = self.ends - time.monotonic()
        watched = ["nice", "-n", "10", "prlimit", f"--as={self.bounds.memory}", "--core=0", *command]
        surroundings = {**os.environ, "OMP_THREAD_LIMIT": "1", "LC_ALL": "C.UTF-8", "TMPDIR": str(self.folder)}
        try:
            return subprocess.run(  # noqa: S603 - programs by name, arguments of our own making, no shell
                watched, capture_output=True, text=True, errors="replace", stdin=subprocess.DEVNULL,
                timeout=max(0.1, min(seconds, left)), env=surroundings, check=False,
            )  # fmt: skip
        except subprocess.TimeoutExpired as slow:
            if may_time_out and left > seconds:
                return subprocess.CompletedProcess(command, 124, "", "")
            raise Refusal(
                "papers.too_slow",
                "Tài liệu mất quá nhiều thời gian để đọc nên đã dừng. Quét ở độ phân giải 200–300 dpi hoặc chia nhỏ.",
                field="file",
            ) from slow


_DEFINITION = """%%!
[/_objdef {icc_PDFA} /type /stream /OBJ pdfmark
[{icc_PDFA} << /N 3 >> /PUT pdfmark
[{icc_PDFA} (%(profile)s) (r) file /PUT pdfmark
[/_objdef {OutputIntent_PDFA} /type /dict /OBJ pdfmark
[{OutputIntent_PDFA} << /Type /OutputIntent /S /GTS_PDFA1 /DestOutputProfile {icc_PDFA}
  /OutputConditionIdentifier (sRGB) >> /PUT pdfmark
[{Catalog} << /OutputIntents [ {OutputIntent_PDFA} ] >> /PUT pdfmark
[ /Title (%(title)s) /DOCINFO pdfmark
"""


def _on_white(picture: Image.Image) -> Image.Image:
    """The picture in colours, what is transparent in it white."""
    if picture.mode in ("RGBA", "LA", "P", "PA"):
        full = picture.convert("RGBA")
        ground = Image.new("RGB", full.size, "white")
        ground.paste(full, mask=full.getchannel("A"))
        return ground
    return picture.convert("RGB")


def _is_blank(path: Path) -> bool:
    with Image.open(path) as opened:
        small = opened.convert("L").resize((200, 200))
    return ImageStat.Stat(small).stddev[0] < BLANK_SPREAD


def _plain(text: str) -> str:
    return unicodedata.normalize("NFC", text.replace("\f", "\n").replace("\0", "")).strip()


def _damaged(name: str) -> Refusal:
    return Refusal(
        "papers.damaged",
        f"Tệp “{name}” bị hỏng, không đọc được trang nào. Mở thử trên máy, lưu lại hoặc quét lại rồi tải lên.",
        field="file",
    )
