"""When a process that keeps a table in memory has to read it anew."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import F


class ChangeCounter(models.Model):
    """One row; its number grows with every change of what it counts."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    number = models.BigIntegerField(default=1)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return str(self.number)

    @classmethod
    def grow(cls, **_: Any) -> None:
        """Count one change; also closes the gap of two processes writing the first row."""
        rows = cls._default_manager
        rows.get_or_create(id=1, defaults={"number": 0})
        rows.filter(id=1).update(number=F("number") + 1)
