"""Faces and plates are found and cannot be recognised any more in what is shown."""

from __future__ import annotations

from datetime import UTC, datetime
from io import BytesIO

import pytest
from PIL import Image, ImageChops, ImageStat

from tinhso.kernel.errors import Refusal
from tinhso.kernel.files import actions as files
from tinhso.kernel.files.models import Attachment
from tinhso.kernel.files.queries import content
from tinhso.kernel.pictures import actions, hiding, queries
from tinhso.kernel.pictures.models import Shown
from tinhso.kernel.pictures.rules import Region
from tinhso.kernel.pictures.tests.drawn import jpeg, notes, street, with_face, with_plate

NOW = datetime(2026, 11, 16, 2, tzinfo=UTC)


def covers(regions: tuple[Region, ...], x: float, y: float) -> bool:
    return any(one.x < x < one.x + one.width and one.y < y < one.y + one.height for one in regions)


def detail(picture: Image.Image, box: tuple[int, int, int, int]) -> float:
    """How much brightness changes from pixel to pixel in this part."""
    part = picture.convert("L").crop(box)
    return ImageStat.Stat(ImageChops.difference(part, ImageChops.offset(part, 1, 0))).mean[0]


@pytest.mark.slow
def test_a_face_is_found():
    regions = hiding.find(with_face(street(5)))
    assert covers(regions, 400 / 900, 290 / 600)


@pytest.mark.slow
@pytest.mark.parametrize("number", ["51F-123.45", "70A 999.99"])
def test_a_plate_is_found(number):
    regions = hiding.find(with_plate(street(6), text=number))
    assert covers(regions, 450 / 900, 450 / 600)


def test_nothing_of_a_hidden_part_survives():
    picture = with_plate(street(6))
    hidden = hiding.hide(picture, [Region(240 / 900, 390 / 600, 420 / 900, 120 / 600)])
    assert detail(picture, (260, 405, 640, 495)) > 6
    assert detail(hidden, (260, 405, 640, 495)) < 2
    assert hidden.crop((0, 0, 900, 380)).tobytes() == picture.crop((0, 0, 900, 380)).tobytes()


def kept(picture: bytes, name: str = "hien-truong.jpg") -> Attachment:
    return files.store(BytesIO(picture), name=name, by_account_id=None, purpose="test")


@pytest.mark.slow
@pytest.mark.django_db
def test_copies_are_made_once_and_the_original_stays():
    sent = jpeg(with_plate(street(7)), exif=notes())
    original = kept(sent)
    shown = actions.make(original, at=NOW)
    again = actions.make(original, at=NOW)
    assert (again.large_id, again.small_id, Shown.objects.count()) == (shown.large_id, shown.small_id, 1)
    assert content(original) == sent
    with Image.open(BytesIO(content(shown.large))) as large, Image.open(BytesIO(content(shown.small))) as small:
        assert (large.format, large.size, small.format, small.size) == ("JPEG", (900, 600), "WEBP", (192, 128))
        assert not dict(large.getexif())
        assert not dict(small.getexif())
        assert detail(large, (260, 405, 640, 495)) < 3
    assert queries.small_of([shown.large_id, original.pk]) == {shown.large_id: shown.small_id}


@pytest.mark.slow
@pytest.mark.django_db
def test_what_an_official_hides_stays_hidden_when_copies_are_made_anew():
    original = kept(jpeg(street(8)))
    actions.make(original, at=NOW)
    part = Region(0.0, 0.0, 0.5, 0.5)
    actions.hide_by_hand(original, [part], at=NOW)
    anew = actions.make(original, at=NOW, anew=True)
    assert anew.by_hand == [[0.0, 0.0, 0.5, 0.5]]
    with Image.open(BytesIO(content(anew.large))) as large:
        assert detail(large, (5, 5, 440, 290)) < 2


@pytest.mark.django_db
def test_a_document_is_no_photo():
    document = kept(b"%PDF-1.7 no picture", name="bien-ban.pdf")
    with pytest.raises(Refusal) as no:
        actions.make(document, at=NOW)
    assert (no.value.code, Shown.objects.count()) == ("pictures.damaged", 0)
