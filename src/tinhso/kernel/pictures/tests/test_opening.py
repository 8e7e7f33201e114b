"""Photos from strangers: what is read, what is refused, and that nothing but pixels goes on."""

from __future__ import annotations

import struct
import zlib
from datetime import UTC, datetime
from io import BytesIO

import pytest
from PIL import Image

from tinhso.kernel.errors import Refusal
from tinhso.kernel.pictures import opening, rules
from tinhso.kernel.pictures.tests.drawn import jpeg, notes, street

NOW = datetime(2026, 11, 16, 2, tzinfo=UTC)
SCRIPT = b"<script>alert('x')</script><?php system($_GET[0]); ?>"


def seen(content: bytes) -> opening.Seen:
    return opening.look(BytesIO(content), name="anh.jpg", at=NOW)


def refused(content: bytes) -> str:
    with pytest.raises(Refusal) as no:
        opening.upright(BytesIO(content), name="anh.jpg")
    with pytest.raises(Refusal):
        seen(content)
    return no.value.code


def png(width: int, height: int, *chunks: bytes) -> bytes:
    """A PNG that claims a size, with these further chunks."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return (
        b"\x89PNG\r\n\x1a\n"
        + head
        + b"".join(chunks)
        + chunk(b"IDAT", zlib.compress(b"\0" * 3000))
        + chunk(b"IEND", b"")
    )


def test_place_time_and_size_are_read():
    found = seen(jpeg(street(), exif=notes()))
    assert (found.width, found.height, found.latitude, found.longitude) == (900, 600, 11.3101, 106.0995)
    assert found.taken_at == datetime(2026, 11, 16, 1, 15, tzinfo=UTC)


def test_a_photo_held_sideways_comes_out_upright():
    turned = notes()
    turned[0x0112] = 6
    content = jpeg(street(), exif=turned)
    assert opening.upright(BytesIO(content), name="anh.jpg").size == (600, 900)
    assert (seen(content).width, seen(content).height) == (600, 900)


def test_nothing_of_the_notes_stands_in_what_is_shown():
    marked = notes()
    marked[0x010E] = SCRIPT.decode()
    marked[0x013B] = "Nguyễn Văn Mẫu"
    content = jpeg(street(), exif=marked, comment=SCRIPT) + SCRIPT + b"PK\x03\x04 zip behind the picture"
    picture = opening.upright(BytesIO(content), name="anh.jpg")
    for made in (opening.encoded(picture, "JPEG", longest=800), opening.encoded(picture, "WEBP", longest=480)):
        assert b"script" not in made
        assert b"php" not in made
        assert b"Exif" not in made
        assert b"PK\x03\x04" not in made
        with Image.open(BytesIO(made)) as again:
            assert not dict(again.getexif())
            assert "comment" not in again.info
            assert "icc_profile" not in again.info


def test_broken_notes_do_not_keep_a_photo_out():
    content = jpeg(street(), exif=notes())
    at = content.index(b"Exif\0\0") + 14
    found = seen(content[:at] + b"\xff" * 60 + content[at + 60 :])
    assert (found.latitude, found.taken_at, found.width) == (None, None, 900)


def test_a_picture_is_made_no_larger_than_what_is_shown():
    assert opening.upright(BytesIO(jpeg(street(size=(2400, 1200)))), name="a").size == (1600, 800)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (png(30_000, 30_000), "pictures.bomb"),
        (png(9_000, 9_000), "pictures.bomb"),
        (png(100, 100, b""), "pictures.damaged"),
        (jpeg(street())[:4_000], "pictures.damaged"),
        (b"GIF89a" + b"\0" * 200, "pictures.damaged"),
        (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "pictures.damaged"),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", "pictures.damaged"),
        (b"\xff\xd8\xff" + b"A" * 500, "pictures.damaged"),
        (b"", "pictures.damaged"),
    ],
)
def test_bombs_and_what_only_looks_like_a_photo_are_refused(content, code):
    if code == "pictures.damaged" and content.startswith(b"\x89PNG"):
        content = content[:60]
    assert refused(content) == code


def test_text_that_bursts_when_unpacked_does_not():
    packed = b"k\0\0" + zlib.compress(b"\0" * 50_000_000)
    text = struct.pack(">I", len(packed)) + b"zTXt" + packed + struct.pack(">I", zlib.crc32(b"zTXt" + packed))
    content = png(20, 20)
    assert refused(content[:33] + text + content[33:]) == "pictures.damaged"


def test_only_the_first_of_many_pictures_counts():
    frames = [street(number, (200, 100)) for number in range(3)]
    out = BytesIO()
    frames[0].save(out, "WEBP", save_all=True, append_images=frames[1:], duration=100)
    assert opening.upright(BytesIO(out.getvalue()), name="a").size == (200, 100)


def test_what_is_transparent_becomes_white():
    out = BytesIO()
    Image.new("RGBA", (40, 40), (255, 0, 0, 0)).save(out, "PNG")
    assert opening.upright(BytesIO(out.getvalue()), name="a").getpixel((5, 5)) == (255, 255, 255)


def test_a_photo_saved_anew_is_recognised_and_another_is_not():
    one = seen(jpeg(street(3)))
    smaller = seen(jpeg(street(3).resize((450, 300)).point(lambda value: min(255, int(value * 1.1)))))
    assert rules.is_same(one.fingerprint, smaller.fingerprint)
    assert not rules.is_same(one.fingerprint, seen(jpeg(street(4))).fingerprint)
