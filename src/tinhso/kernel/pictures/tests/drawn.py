"""Pictures for tests, drawn here: nobody's photo, nobody's number plate."""

from __future__ import annotations

from io import BytesIO
from random import Random
from typing import Any

from PIL import Image, ImageDraw, ImageFilter, ImageFont

GPS = 0x8825


def street(seed: int = 1, size: tuple[int, int] = (900, 600)) -> Image.Image:
    """A street without anybody: sky, road, houses of a few colours."""
    rng = Random(seed)
    picture = Image.new("RGB", size, (150, 180, 210))
    pen = ImageDraw.Draw(picture)
    pen.rectangle((0, size[1] * 2 // 3, *size), fill=(92, 92, 96))
    for _ in range(7):
        left, top = rng.randrange(size[0]), rng.randrange(size[1] // 2)
        wide = rng.randrange(60, 240)
        pen.rectangle((left, top, left + wide, size[1] * 2 // 3), fill=tuple(rng.randrange(60, 240) for _ in range(3)))
    return picture


def with_face(picture: Image.Image, x: int = 300, y: int = 150) -> Image.Image:
    """A drawn face, 200 wide and 270 high, like enough for a detector."""
    drawn = picture.copy()
    pen = ImageDraw.Draw(drawn)
    skin, dark = (214, 170, 140), (40, 25, 20)
    pen.pieslice((x - 10, y - 30, x + 210, y + 210), 180, 360, fill=dark)
    pen.ellipse((x + 3, y + 30, x + 197, y + 272), fill=skin)
    for eye in (x + 55, x + 145):
        pen.ellipse((eye - 25, y + 112, eye + 25, y + 135), fill=(240, 235, 230))
        pen.ellipse((eye - 11, y + 112, eye + 11, y + 135), fill=dark)
        pen.rectangle((eye - 32, y + 90, eye + 32, y + 100), fill=(60, 40, 30))
    pen.polygon([(x + 100, y + 130), (x + 80, y + 185), (x + 120, y + 185)], fill=(190, 140, 112))
    pen.ellipse((x + 62, y + 210, x + 138, y + 235), fill=(160, 70, 70))
    return drawn.filter(ImageFilter.GaussianBlur(3))


def with_plate(picture: Image.Image, x: int = 250, y: int = 400, text: str = "51F-123.45") -> Image.Image:
    """A white plate, 400 by 100, with an invented number."""
    drawn = picture.copy()
    pen = ImageDraw.Draw(drawn)
    pen.rectangle((x, y, x + 400, y + 100), fill="white", outline="black", width=6)
    pen.text((x + 20, y + 5), text, fill="black", font=ImageFont.load_default(72))
    return drawn


def jpeg(picture: Image.Image, *, exif: Image.Exif | None = None, **options: Any) -> bytes:
    out = BytesIO()
    picture.save(out, "JPEG", quality=90, **({"exif": exif} if exif else {}), **options)
    return out.getvalue()


def notes(
    latitude: float = 11.3101, longitude: float = 106.0995, taken: str = "2026:11:16 08:15:00", offset: str = "+07:00"
) -> Image.Exif:
    """EXIF as a telephone writes it."""
    found = Image.Exif()
    found[0x0132] = taken
    found[0x8769] = {0x9003: taken, 0x9011: offset}
    found[GPS] = {1: "N", 2: _parts(latitude), 3: "E", 4: _parts(longitude)}
    return found


def _parts(value: float) -> tuple[float, float, float]:
    degrees = int(value)
    minutes = int((value - degrees) * 60)
    return float(degrees), float(minutes), round((value - degrees - minutes / 60) * 3600, 4)
