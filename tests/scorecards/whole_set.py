"""``python -m tests.scorecards.whole_set``: opens a round of the 79 criteria in the small world; prints the card's id.

Half of the criteria are computed: what other offices supply is there, dossiers are counted as they are.
"""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from importlib.resources import files
from typing import Any

ROUND = "xa-79"


def open_round() -> int:
    import yaml
    from django.utils import timezone

    from tinhso.kernel.people.rules import SYSTEM
    from tinhso.kernel.testing.province import COMMUNE, OTHER_COMMUNE
    from tinhso.kernel.units.models import Unit
    from tinhso.modules.scorecards.actions import editions, rounds
    from tinhso.modules.scorecards.models import Card, SuppliedFigure

    at = timezone.now()
    year = timezone.localdate(at).year
    text = files("tinhso.modules.scorecards").joinpath("seeds/commune-79.yaml").read_text(encoding="utf-8")
    content: dict[str, Any] = yaml.load(text, Loader=yaml.CSafeLoader)
    content.pop("valid_from")
    version = editions.draft(content, by=SYSTEM, at=at)
    edition = editions.publish(version.pk, valid_from=date(year, 1, 1), by=SYSTEM, at=at)
    units = list(Unit.objects.filter(code__in=(COMMUNE, OTHER_COMMUNE)).order_by("code"))
    sources = [
        each["source"].partition(":")[2]
        for index in content["indices"] for one in index["criteria"] for each in one["inputs"]
        if each.get("source", "").startswith("supplied:")
    ]  # fmt: skip
    SuppliedFigure.objects.bulk_create(
        SuppliedFigure(code=code, unit=units[0], year=year, value=Decimal(90 if code.endswith(".a") else 100),
                       supplier="Sở Khoa học và Công nghệ", as_of=date(year, 1, 31))
        for code in sources
    )  # fmt: skip
    asked = rounds.Asked(
        ROUND, "Đánh giá cấp xã theo 79 tiêu chí", edition.pk, date(year, 1, 1), date(year, 12, 31),
        at + timedelta(days=30), units=[one.pk for one in units],
    )  # fmt: skip
    opened = rounds.open_round(asked, by=SYSTEM, at=at)
    return Card.objects.get(round=opened, unit=units[0]).pk


if __name__ == "__main__":
    import os

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tinhso.config.settings")
    import django

    django.setup()
    print(open_round())
