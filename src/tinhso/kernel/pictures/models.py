"""What the platform made of a photo: which parts are hidden, and the sizes it is shown in."""

from __future__ import annotations

from django.db import models

from tinhso.kernel.files.models import Attachment


class Shown(models.Model):
    """A photo made fit to be shown: the large copy, the small one, and the parts that are hidden in both.

    ``original`` stays for officials. ``regions`` are shares of width and height; those of ``by_hand`` were drawn by an
    official and survive a new run of the detectors."""

    original = models.OneToOneField(Attachment, on_delete=models.CASCADE, primary_key=True, related_name="+")
    large = models.ForeignKey(Attachment, on_delete=models.PROTECT, db_index=False, related_name="+")
    small = models.ForeignKey(Attachment, on_delete=models.PROTECT, db_index=False, related_name="+")
    regions = models.JSONField(default=list)
    by_hand = models.JSONField(default=list)
    made_at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "shown"
        indexes = [models.Index(fields=["large"], name="pictures_shown_large")]

    def __str__(self) -> str:
        return f"{self.original_id}"
