"""Making the copies of a photo that everybody may see."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import astuple
from datetime import datetime

from django.db import transaction

from tinhso.kernel.files import actions as files
from tinhso.kernel.files.models import Attachment
from tinhso.kernel.files.queries import open_attachment
from tinhso.kernel.files.rules import JPEG, WEBP
from tinhso.kernel.pictures import hiding, opening
from tinhso.kernel.pictures.models import Shown
from tinhso.kernel.pictures.rules import Region, joined

PURPOSE = "pictures.shown"
SMALL, SMALL_QUALITY = 192, 55  # longer side in pixels: twice what lists show; some 4 kB each, twenty on one page


def make(original: Attachment, *, at: datetime, anew: bool = False) -> Shown:
    """The copies of this photo; made once, unless ``anew``. Raises Refusal ``pictures.*`` for what is no picture.

    The detectors run outside any transaction: they take a second or two. Two at once make the same; one is kept.
    """
    found = Shown.objects.filter(pk=original.pk).select_related("large", "small").first()
    if found is not None and not anew:
        return found
    by_hand = [Region(*one) for one in found.by_hand] if found else []
    with open_attachment(original) as stream:
        picture = opening.upright(stream, name=original.name)
    return _keep(original, picture, hiding.find(picture), by_hand, at)


def hide_by_hand(original: Attachment, regions: Iterable[Region], *, at: datetime) -> Shown:
    """Hide these parts too; what was drawn before stays hidden. Asking whether one may is the caller's part."""
    found = make(original, at=at)
    by_hand = joined([*(Region(*one) for one in found.by_hand), *regions])
    with open_attachment(original) as stream:
        picture = opening.upright(stream, name=original.name)
    return _keep(original, picture, (Region(*one) for one in found.regions), by_hand, at)


def stand_alone(originals: Iterable[int]) -> None:
    """Make each large copy its own original, so that who shows it needs the photo as it came no more."""
    for one in Shown.objects.filter(pk__in=set(originals)):
        kept = {"large_id": one.large_id, "small_id": one.small_id, "made_at": one.made_at}
        Shown.objects.get_or_create(original_id=one.large_id, defaults=kept)


def let_go(originals: Iterable[int]) -> None:
    """Forget these photos as they came, and the copies made of them, except what something still points to."""
    ids = set(originals)
    copies = [one for pair in Shown.objects.filter(pk__in=ids).values_list("large_id", "small_id") for one in pair]
    files.let_go(ids)
    files.let_go(copies)


def _keep(
    original: Attachment, picture: opening.Image.Image, found: Iterable[Region], by_hand: Iterable[Region], at: datetime
) -> Shown:
    regions, drawn = tuple(found), tuple(by_hand)
    hidden = hiding.hide(picture, (*regions, *drawn))
    large = opening.encoded(hidden, "JPEG", longest=opening.LONGEST)
    small = opening.encoded(hidden, "WEBP", longest=SMALL, quality=SMALL_QUALITY)
    with transaction.atomic():
        values = {
            "large": files.store_made(large, name="anh.jpg", purpose=PURPOSE, media_type=JPEG),
            "small": files.store_made(small, name="anh-nho.webp", purpose=PURPOSE, media_type=WEBP),
            "regions": [list(astuple(one)) for one in regions],
            "by_hand": [list(astuple(one)) for one in drawn],
            "made_at": at,
        }
        return Shown.objects.update_or_create(original=original, defaults=values)[0]
