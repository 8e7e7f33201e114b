"""Opening pictures that strangers sent: three formats, the first frame only, bounded, upright; all else is refused.

Nothing of the file but its pixels goes on from here. Whatever else stands in it (EXIF, scripts in comments, a web page
behind the picture, a second file in the same bytes) is left behind, because what is shown is always drawn anew.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from typing import IO, Any

from PIL import ExifTags, Image, ImageOps

from tinhso.kernel.errors import Refusal
from tinhso.kernel.files.rules import JPEG, PNG, WEBP
from tinhso.kernel.pictures import rules

ALLOWED = frozenset({JPEG, PNG, WEBP})
FORMATS = ("JPEG", "PNG", "WEBP")
MOST_PIXELS = 40_000_000  # drawn in full: 120 MB; a JPEG of up to 120 megapixels is drawn smaller at once
MOST_JPEG_PIXELS = 120_000_000
LONGEST = 1600  # pixels of the longer side of what is kept for showing


@dataclass(frozen=True, slots=True)
class Seen:
    """What a photo says of itself: size in pixels the right way up, place and time if it knows, its fingerprint."""

    width: int
    height: int
    latitude: float | None
    longitude: float | None
    taken_at: datetime | None
    fingerprint: int


def look(stream: IO[bytes], *, name: str, at: datetime) -> Seen:
    """Read a photo's own notes and its fingerprint. Raises Refusal ``pictures.*`` when it cannot be used."""
    with _opened(stream, name) as picture:
        place, taken_at = _notes(picture, at)
        turned = picture.getexif().get(ExifTags.Base.Orientation, 1) in (5, 6, 7, 8)
        width, height = picture.size[::-1] if turned else picture.size
        print_of = _fingerprint(_upright(picture, 256))
    latitude, longitude = place or (None, None)
    return Seen(width, height, latitude, longitude, taken_at, print_of)


def upright(stream: IO[bytes], *, name: str, longest: int = LONGEST) -> Image.Image:
    """The picture in colours, the right way up, at most ``longest`` pixels long. Raises Refusal ``pictures.*``."""
    with _opened(stream, name) as picture:
        return _upright(picture, longest)


@contextmanager
def _opened(stream: IO[bytes], name: str) -> Iterator[Image.Image]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with Image.open(stream, formats=FORMATS) as picture:
                _check_size(picture, name)
                yield picture
    except Refusal:
        raise
    except Image.DecompressionBombError as bomb:
        raise _too_big(name) from bomb
    except Exception as broken:  # hostile bytes: whatever the reader stumbles over, the picture is unusable
        raise Refusal(
            "pictures.damaged",
            f"Ảnh “{name}” không mở được. Chụp lại, hoặc lưu ảnh ở dạng JPEG rồi gửi.",
            field="photos",
        ) from broken


def _check_size(picture: Image.Image, name: str) -> None:
    pixels = picture.width * picture.height
    if pixels > (MOST_JPEG_PIXELS if picture.format == "JPEG" else MOST_PIXELS):
        raise _too_big(name)


def _too_big(name: str) -> Refusal:
    return Refusal(
        "pictures.bomb", f"Ảnh “{name}” có quá nhiều điểm ảnh. Chụp lại ở độ phân giải thấp hơn.", field="photos"
    )


def _upright(picture: Image.Image, longest: int) -> Image.Image:
    picture.draft("RGB", (longest, longest))  # a JPEG is read at an eighth, a quarter or a half of its size
    if picture.width * picture.height > MOST_PIXELS:
        raise _too_big("")
    picture.seek(0)
    drawn = ImageOps.exif_transpose(picture)
    if drawn.mode in ("RGBA", "LA", "P", "PA"):
        full = drawn.convert("RGBA")
        drawn = Image.new("RGB", full.size, "white")
        drawn.paste(full, mask=full.getchannel("A"))
    plain = drawn.convert("RGB")
    plain.thumbnail((longest, longest))
    clean = Image.new("RGB", plain.size)
    clean.paste(plain)  # only pixels: neither notes nor profile come along
    return clean


def _notes(picture: Image.Image, at: datetime) -> tuple[tuple[float, float] | None, datetime | None]:
    """Place and time from EXIF; broken notes count as none."""
    try:
        exif = picture.getexif()
        gps: Any = exif.get_ifd(ExifTags.IFD.GPSInfo)
        more: Any = exif.get_ifd(ExifTags.IFD.Exif)
        text = more.get(ExifTags.Base.DateTimeOriginal) or exif.get(ExifTags.Base.DateTime)
        offset = more.get(ExifTags.Base.OffsetTimeOriginal) or more.get(ExifTags.Base.OffsetTime)
        return rules.position(gps), rules.moment(text, offset, before=at)
    except Exception:  # EXIF is written by anybody: its reader may fail in any way
        return None, None


def _fingerprint(picture: Image.Image) -> int:
    small = picture.convert("L").resize((9, 8), Image.Resampling.LANCZOS)
    values = list(small.tobytes())
    return rules.fingerprint(values[row * 9 : row * 9 + 9] for row in range(8))


def encoded(picture: Image.Image, kind: str, *, longest: int, quality: int = 80) -> bytes:
    """The picture as ``JPEG`` or ``WEBP`` of at most so many pixels a side, without any notes."""
    small = picture.copy()
    small.thumbnail((longest, longest))
    out = BytesIO()
    options: dict[str, Any] = {"optimize": True, "progressive": True} if kind == "JPEG" else {"method": 4}
    small.save(out, kind, quality=quality, **options)
    return out.getvalue()
