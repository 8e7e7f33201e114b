"""Contents, each kept once, and the names under which they are used."""

from __future__ import annotations

from django.conf import settings
from django.db import models


class Blob(models.Model):
    """A content, known by its SHA-256; the same content is kept once whoever brings it."""

    sha256 = models.CharField(max_length=64, unique=True)
    size = models.PositiveBigIntegerField()
    media_type = models.CharField(max_length=100)
    path = models.CharField(max_length=120)
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.sha256


class AttachmentQuerySet(models.QuerySet["Attachment"]):
    def owned_by(self, account_id: int) -> AttachmentQuerySet:
        """What this account brought. Whether others may read a file is decided by the case or page it hangs on."""
        return self.filter(owner_id=account_id)

    def with_blobs(self) -> AttachmentQuerySet:
        return self.select_related("blob")


class Attachment(models.Model):
    """One named use of a content. ``purpose`` is the code of what it serves, such as ``dossiers.component``."""

    blob = models.ForeignKey(Blob, on_delete=models.PROTECT, related_name="attachments")
    name = models.CharField(max_length=200)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    purpose = models.CharField(max_length=60)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = AttachmentQuerySet.as_manager()

    def __str__(self) -> str:
        return self.name
