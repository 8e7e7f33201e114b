"""Faces and number plates found and made unrecognisable before a photo is shown to anybody.

The detectors are those that stand in OpenCV's own package (cascades of Viola and Jones; files under its Apache 2.0 and
Intel's licence) and need no network. They miss some: see docs/decisions. So a photo can also be hidden by hand, in part
or whole, and what they hide by mistake costs a patch of wall.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import Any

from PIL import Image, ImageFilter

from tinhso.kernel.pictures.rules import Region, joined

LEAST_FACE, LEAST_PLATE = 22, (48, 14)  # pixels
TILES = 7  # a hidden part keeps about so many patches of colour a side: nothing of a face or a number survives
# Name of the detector, scale step, neighbours wanted. Frontal faces up to about 25° turned, profiles from both sides.
FACES = (
    ("haarcascade_frontalface_alt2.xml", 1.1, 3),
    ("haarcascade_frontalface_default.xml", 1.15, 6),
    ("haarcascade_profileface.xml", 1.15, 4),
)
PLATES = (("haarcascade_russian_plate_number.xml", 1.06, 3),)


@cache
def _detector(name: str) -> Any:
    """One detector, loaded once a process."""
    import cv2  # only where photos are prepared: it takes 60 MB

    cv2.setNumThreads(1)
    found = cv2.CascadeClassifier(f"{cv2.data.haarcascades}{name}")  # type: ignore[attr-defined]
    if found.empty():
        raise RuntimeError(f"{name} is not in the package")
    return found


def find(picture: Image.Image) -> tuple[Region, ...]:
    """Where faces and plates seem to be, already made larger so that nothing of them stays outside."""
    import numpy as np  # only where photos are prepared, as OpenCV

    grey = _even(np.asarray(picture.convert("L")))
    height, width = grey.shape
    found = [(box, 0) for name, step, sure in FACES for box in _boxes(name, grey, step, sure, (LEAST_FACE,) * 2)]
    mirrored = np.ascontiguousarray(grey[:, ::-1])
    name, step, sure = FACES[-1]
    found += [((width - x - w, y, w, h), 0) for (x, y, w, h) in _boxes(name, mirrored, step, sure, (LEAST_FACE,) * 2)]
    found += [(box, 1) for name, step, sure in PLATES for box in _boxes(name, grey, step, sure, LEAST_PLATE)]
    return joined(Region(x / width, y / height, w / width, h / height).grown() for (x, y, w, h), _kind in found)


def _even(grey: Any) -> Any:
    import cv2

    return cv2.equalizeHist(grey)


def _boxes(name: str, grey: Any, step: float, sure: int, least: tuple[int, ...]) -> list[tuple[int, int, int, int]]:
    found = _detector(name).detectMultiScale(grey, scaleFactor=step, minNeighbors=sure, minSize=least)
    return [tuple(int(one) for one in box) for box in found]  # type: ignore[misc]


def hide(picture: Image.Image, regions: Iterable[Region]) -> Image.Image:
    """A copy in which these parts are a few patches of colour: what was there cannot be computed back."""
    hidden = picture.copy()
    for one in regions:
        left, top = int(one.x * picture.width), int(one.y * picture.height)
        right = min(picture.width, max(left + 1, round((one.x + one.width) * picture.width)))
        bottom = min(picture.height, max(top + 1, round((one.y + one.height) * picture.height)))
        part = picture.crop((left, top, right, bottom))
        tiles = part.resize((min(TILES, part.width), min(TILES, part.height)), Image.Resampling.BOX)
        blurred = tiles.resize(part.size, Image.Resampling.BICUBIC).filter(ImageFilter.GaussianBlur(2))
        hidden.paste(blurred, (left, top))
    return hidden
