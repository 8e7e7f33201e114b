"""What a province adds to the everyday words, and how each process learns that a collection changed."""

from __future__ import annotations

from django.db import models


class Synonym(models.Model):
    """An everyday expression and the words that stand for it in titles; added to those of the seeds."""

    phrase = models.CharField(max_length=120, unique=True)
    phrases = models.JSONField(default=list)
    source = models.CharField(max_length=200, blank=True)

    def __str__(self) -> str:
        return self.phrase


class CollectionVersion(models.Model):
    """A counter for one searched collection; it grows with every change, so that indexes know when to be built anew."""

    code = models.CharField(max_length=60, primary_key=True)
    number = models.BigIntegerField(default=1)

    def __str__(self) -> str:
        return f"{self.code}: {self.number}"
