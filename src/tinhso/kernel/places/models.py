"""Points of maps and their clusters: projections, which can be thrown away and filled again by whoever has the things.

A layer is one kind of thing on maps (``field_reports``). Pages read, jobs write; nothing here knows what a thing is.
"""

from __future__ import annotations

from django.db import models

from tinhso.kernel.units.models import Unit


class Status(models.TextChoices):
    """How a thing stands: still to be done, done lately, or done so long ago that maps leave it out by themselves."""

    OPEN = "open"
    DONE = "done"
    OLD = "old"


class MapPoint(models.Model):
    """One thing on the map. ``key`` is its own number in its module, ``cell`` its square (see ``grid``)."""

    layer = models.CharField(max_length=20)
    key = models.BigIntegerField()
    cell = models.BigIntegerField()
    longitude = models.FloatField()
    latitude = models.FloatField()
    kind = models.CharField(max_length=12)
    status = models.CharField(max_length=4, choices=Status.choices)
    commune = models.ForeignKey(Unit, on_delete=models.PROTECT, null=True, db_index=False, related_name="+")
    at = models.DateTimeField(help_text="when it came in")
    done_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(name="map_point_once", fields=["layer", "key"])]
        indexes = [
            models.Index(
                fields=["layer", "cell"],
                name="map_point_shown",
                condition=~models.Q(status="old"),
                include=["longitude", "latitude", "kind", "status", "key"],
            ),
            models.Index(fields=["layer", "commune", "-at"], name="map_point_of_commune"),
            models.Index(fields=["layer", "kind", "-at"], name="map_point_of_kind"),
            models.Index(fields=["layer", "-at"], name="map_point_newest"),
            models.Index(fields=["layer", "done_at"], name="map_point_done", condition=models.Q(status="done")),
        ]

    def __str__(self) -> str:
        return f"{self.layer}/{self.key}"


class MapCluster(models.Model):
    """How many things lie in a square, and the sum of their places. Empty ``kind`` and ``period`` and no commune: all.

    ``period`` is a year or a month (``2026``, ``2026-11``) in which they came in."""

    layer = models.CharField(max_length=20)
    level = models.SmallIntegerField()
    cell = models.BigIntegerField()
    status = models.CharField(max_length=4, choices=Status.choices)
    kind = models.CharField(max_length=12, blank=True)
    period = models.CharField(max_length=7, blank=True)
    commune = models.BigIntegerField(default=0, help_text="0: any")
    number = models.IntegerField()
    longitudes = models.BigIntegerField(help_text="summed, in millionths of a degree")
    latitudes = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="map_cluster_once", fields=["layer", "level", "kind", "period", "commune", "cell", "status"]
            )
        ]

    def __str__(self) -> str:
        return f"{self.layer} {self.level}/{self.cell}: {self.number}"
