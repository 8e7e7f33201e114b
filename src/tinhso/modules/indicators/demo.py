"""Demonstration targets and figures: invented, the same for the same seed, and marked so.

The province's targets are those that a province really published for 2024, set for this year; what the platform counts
by itself (dossiers, payments, reports) is computed from the demonstration's own dossiers.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from random import Random
from typing import Any

from django.db import transaction
from django.utils import timezone

from tinhso.kernel.clock.rules.periods import Period, year_of
from tinhso.kernel.people.demonstrating import employ
from tinhso.kernel.people.rules import SYSTEM
from tinhso.kernel.units.models import Unit
from tinhso.kernel.units.queries import tree
from tinhso.modules.indicators.actions import closing, defining
from tinhso.modules.indicators.models import Figure, Indicator, Note, Target
from tinhso.modules.indicators.queries import definitions
from tinhso.modules.indicators.queries.seeds import published
from tinhso.modules.indicators.rules.periods import around, between

HOME = "xa-25459"
COMMUNES = 24
DOCUMENT = "Kế hoạch chuyển đổi số của tỉnh (minh họa)"
HOME_DOCUMENT = "Kế hoạch chuyển đổi số của xã (minh họa)"
# Published targets by the code they have there; their indicators here.
KNOWN_AS = {
    "work_dossiers_online_province": "work_files_online_province",
    "work_dossiers_online_district": "work_files_online_district",
    "work_dossiers_online_commune": "work_files_online_commune",
    "dossiers_received_processed_online": "dossiers_online",
    "satisfaction": "citizen_satisfaction",
    "full_services_on_national_portal": "services_integrated_national_portal",
    "resolved_early_or_on_time": "dossiers_on_time",
    "firms_using_e_labour_contracts": "e_labour_contracts",
    "smes_trying_platforms": "sme_programme_reach",
    "adults_with_smartphone": "adults_smartphone",
    "adults_with_personal_signature": "adults_signature",
}
PATHS = {"dossiers_online": [[0, "70"], [6, "80"]], "adults_signature": [[0, "30"]], "citizen_satisfaction": []}
# Where the province stands now: about this many percent of about so many; every verdict occurs.
LEVELS = {
    "work_files_online_province": (94, 5_200), "work_files_online_district": (80, 3_100),
    "work_files_online_commune": (66, 9_400), "citizen_satisfaction": (88, 2_400),
    "services_integrated_national_portal": (60, 1_260), "e_labour_contracts": (74, 6_900),
    "sme_programme_reach": (58, 11_800), "adults_smartphone": (86, 1_150_000), "adults_signature": (41, 1_150_000),
    "households_fibre": (81, 330_000), "documents_signed": (99, 7_700),
    "services_with_online_dossiers": (71, 900),
}  # fmt: skip
CAUSES = (
    "Một số xã chưa hướng dẫn người dân kích hoạt chữ ký số tại chỗ (minh họa).",
    "Tổ công nghệ số cộng đồng mỗi ấp tổ chức hai buổi hướng dẫn trong tháng; báo cáo kết quả ngày 25 (minh họa).",
)


@transaction.atomic
def demo(at: datetime | None = None, seed: int = 1, **_more: Any) -> None:
    """Fill the module; asked again it changes nothing."""
    now = at or timezone.now()
    defining.load_seeds(at=now)
    if Target.objects.exists():
        return
    today, chance = timezone.localdate(now), Random(seed)  # noqa: S311 - chance that can be repeated is meant
    root = tree().root_ids[0]
    _employ(today)
    ids = dict(Indicator.objects.values_list("code", "pk"))
    targets = [*_published_targets(ids, root, today.year, now), *_own_targets(ids, today, now)]
    Target.objects.bulk_create(targets)
    communes = _communes(today)
    Figure.objects.bulk_create(
        [*_of_province(root, today, chance, now), *_of_communes(communes, today, chance, now), *_really_published(now)]
    )
    Note.objects.create(
        indicator_id=ids["adults_signature"], unit_id=root, since=around(today, "quarter").since, months=3,
        causes=CAUSES[0], actions=CAUSES[1], written_at=now,
    )  # fmt: skip


def demo_end(at: datetime | None = None) -> None:
    """Keep the figures of periods that are over, now that all modules that are measured have filled themselves."""
    closing.close(by=SYSTEM, at=at or timezone.now())


def _employ(day: date) -> None:
    """Those who show it: the province's leader sets targets, the commune's specialist reports."""
    employ(
        day,
        at_home=(("lanhdao", "indicators.viewer"), ("chuyenvien", "indicators.reporter")),
        centrally=(("lanhdao.tinh", "indicators.manager"), ("kiemsoat", "indicators.manager")),
    )


def _target(
    indicator_id: int, unit_id: int, year: int, value: str, document: str, now: datetime, path: list[Any] | None = None
) -> Target:
    return Target(
        indicator_id=indicator_id, unit_id=unit_id, year=year, value=Decimal(value), path=path or [], document=document,
        is_demonstration=True, set_at=now,
    )  # fmt: skip


def _published_targets(ids: dict[str, int], root: int, year: int, now: datetime) -> Iterable[Target]:
    """The eleven targets that Hậu Giang published for 2024, for this year and the last."""
    rows = [one for said in published() for one in said.get("targets", ())]
    for one in rows:
        code = KNOWN_AS[one["id"]]
        for each, less in ((year, 0), (year - 1, 10)):
            value = str(Decimal(one["target"]) - less)
            path = PATHS.get(code, []) if each == year else []
            yield _target(ids[code], root, each, value, f"{DOCUMENT}, mục tiêu như Hậu Giang công bố 2024", now, path)


def _own_targets(ids: dict[str, int], today: date, now: datetime) -> Iterable[Target]:
    home = tree().by_code.get(HOME)
    root = tree().root_ids[0]
    for code, value in (
        ("feedback_on_time", "95"), ("online_payment", "80"), ("dossiers_late_share", "2"),
        ("reports_in_system", "100"),
    ):  # fmt: skip
        yield _target(ids[code], root, today.year, value, DOCUMENT, now)
    yield _target(ids["services_with_online_dossiers"], root, 2022, "80", "Chỉ tiêu năm 2022 của tỉnh Tây Ninh", now)
    if home is None:
        return
    for code, value in (
        ("dossiers_online", "60"), ("dossiers_on_time", "95"), ("adults_smartphone", "80"), ("online_payment", "70"),
        ("households_fibre", "75"), ("feedback_on_time", "90"),
    ):  # fmt: skip
        yield _target(ids[code], home.id, today.year, value, HOME_DOCUMENT, now)


def _communes(day: date) -> list[int]:
    rows = Unit.objects.living(day).communes().order_by("code").values_list("pk", "code")
    return [pk for pk, _ in sorted(rows, key=lambda row: (row[1] != HOME, row[1]))[:COMMUNES]]


def _of_province(root: int, today: date, chance: Random, now: datetime) -> Iterable[Figure]:
    """Each series for four years, a little better every period."""
    known = {code: each[1] for code, each in definitions.in_force(today).items()}
    first = year_of(today.year - 3).since
    for code, (level, whole) in LEVELS.items():
        periods = list(between(first, today, known[code].frequency))
        for place, period in enumerate(periods):
            left = (len(periods) - 1 - place) / max(1, len(periods) - 1)
            share = max(5.0, min(100.0, level - 30 * left + (chance.uniform(-1, 1) if left and level < 100 else 0)))
            share = float(level) if not left or level == 100 else share
            yield _figure(code, root, period, round(whole * share / 100), whole, now)


def _of_communes(communes: list[int], today: date, chance: Random, now: datetime) -> Iterable[Figure]:
    for unit_id in communes:
        people = chance.randrange(4_000, 40_000)
        for code, (low, high), whole in (
            ("adults_smartphone", (62, 97), people * 7 // 10), ("households_fibre", (55, 96), people // 4),
        ):  # fmt: skip
            frequency = "year" if code == "adults_smartphone" else "quarter"
            for period in between(year_of(today.year).since, today, frequency):
                part = whole * chance.randrange(low, high) // 100
                yield _figure(code, unit_id, period, part, whole, now)


def _figure(code: str, unit_id: int, period: Period, top: int, below: int, now: datetime) -> Figure:
    return Figure(
        series=code, unit_id=unit_id, since=period.since, months=period.months, numerator=Decimal(top),
        denominator=Decimal(below), source="Số liệu minh họa", is_demonstration=True, set_at=now,
    )  # fmt: skip


def _really_published(now: datetime) -> Iterable[Figure]:
    """What the province of Tây Ninh published for nine months of 2022, before it grew; kept at the province."""
    root = tree().root_ids[0]
    source = "Hội nghị Ban Chỉ đạo chuyển đổi số tỉnh Tây Ninh, 9 tháng năm 2022"
    rows: tuple[tuple[str, Period, int | None, int | None, str | None], ...] = (
        ("households_fibre", Period(date(2022, 7, 1), 3), 264607, 329898, None),
        ("services_with_online_dossiers", Period(date(2022, 9, 1), 1), None, None, "28.61"),
        ("adults_smartphone", year_of(2022), None, None, "70.65"),
        ("community_groups", Period(date(2022, 7, 1), 3), 493, None, None),
    )
    for code, period, top, below, said in rows:
        yield Figure(
            series=code, unit_id=root, since=period.since, months=period.months,
            numerator=None if top is None else Decimal(top), denominator=None if below is None else Decimal(below),
            published=None if said is None else Decimal(said), source=source, set_at=now,
        )  # fmt: skip
