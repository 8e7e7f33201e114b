"""What a province adds to the everyday words, and how each process learns that a collection changed."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models

from tinhso.kernel.search.rules import Document


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


class Shelved(models.Model):
    """A row found by its words among hundreds of thousands; a subclass names its ``collection`` (see ``shelves``)."""

    collection: ClassVar[str] = ""
    most_looked_for: ClassVar[tuple[str, ...]] = ("-id",)  # the order in which rows stand in front

    words = SearchVectorField(null=True, editable=False)
    is_in_front = models.BooleanField(default=False, db_default=False, editable=False)

    class Meta:
        abstract = True
        indexes = [
            GinIndex(fields=["words"], name="%(app_label)s_%(class)s_words", fastupdate=False),
            GinIndex(
                fields=["words"],
                name="%(app_label)s_%(class)s_front",
                fastupdate=False,
                condition=models.Q(is_in_front=True),
            ),
        ]

    def __str__(self) -> str:
        return self.document().title

    def document(self) -> Document:
        """By what it is found; the key is the row's own."""
        raise TypeError(f"{type(self).__name__} does not say by what it is found")


class ShelfWord(models.Model):
    """In how many rows of a shelved collection a word stands; the empty word counts the rows themselves."""

    collection = models.CharField(max_length=40)
    word = models.TextField()
    documents = models.IntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(name="shelfword_once", fields=["collection", "word"])]

    def __str__(self) -> str:
        return f"{self.collection}: {self.word} {self.documents}"
