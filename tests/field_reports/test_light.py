"""What a list of reports brings to a telephone: small photos, and the province drawn in few words."""

from __future__ import annotations

from io import BytesIO

from PIL import Image

from tinhso.kernel.pictures import opening
from tinhso.kernel.pictures.actions import SMALL, SMALL_QUALITY
from tinhso.kernel.places import shapes

NOISE = 6_000  # bytes: nothing is harder to compress than noise; of a street it is half of that
DRAWING = 32_000  # bytes, a quarter of that on the wire


def test_the_photo_of_a_list_is_small_whatever_it_shows() -> None:
    noise = Image.effect_noise((1600, 1200), 60).convert("RGB")
    content = opening.encoded(noise, "WEBP", longest=SMALL, quality=SMALL_QUALITY)
    assert len(content) <= NOISE
    assert max(Image.open(BytesIO(content)).size) >= 2 * 88  # of a screen with two dots a pixel


def test_the_drawn_map_is_short_and_still_every_commune() -> None:
    drawn = shapes.drawing()
    assert len(drawn.communes) == len(shapes.shapes())
    assert sum(len(one.path) for one in drawn.communes) <= DRAWING
    assert all(one.path.startswith("M") and one.path.endswith("z") for one in drawn.communes)
