"""Public holidays as the law states them, and how a yearly decision takes their place.

Sources: Labour Code 45/2019/QH14 Đ.112.1 (in force 1/1/2021), Đ.111.3 (a holiday on the weekly day off is made up on
the next working day); before it Labour Code 10/2012/QH13 Đ.115; Resolution 28/2026/QH16 Đ.2 (24 November, from 2026,
outside Đ.112.1 and therefore not made up). The Prime Minister decides the Tết block, the second day of National Day and
swapped days year by year: until a decision is entered, the usual choice stands in and the year is provisional.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, timedelta

from tinhso.kernel.clock.rules.lunar import hung_kings, tet

NEW_YEAR, TET, HUNG_KINGS = "Tết Dương lịch", "Tết Nguyên đán", "Giỗ Tổ Hùng Vương"
REUNIFICATION, LABOUR_DAY, NATIONAL_DAY = "Ngày Chiến thắng 30/4", "Ngày Quốc tế lao động 1/5", "Quốc khánh 2/9"
CULTURE_DAY = "Ngày Văn hóa Việt Nam"
SATURDAY_AND_SUNDAY = frozenset({5, 6})
CULTURE_DAY_SINCE, SECOND_NATIONAL_DAY_SINCE = 2026, 2021
_DAY = timedelta(days=1)


def statutory_holidays(year: int, weekly_rest: frozenset[int] = SATURDAY_AND_SUNDAY) -> dict[date, str]:
    """Days off of a year with their names, make-up days included, in order; for 2013 and later.

    Tết is taken as two days before and three from the first on (one and four when the eve is a Monday: so decided every
    year from 2021 to 2026), the second day of National Day as the neighbour that makes the longer
    rest. ``weekly_rest`` holds the weekly days off, Monday = 0.
    """
    named = _named_days(year)
    for day in sorted(named):
        if day.weekday() in weekly_rest:
            substitute = day + _DAY
            while substitute.weekday() in weekly_rest or substitute in named:
                substitute += _DAY
            named[substitute] = f"Nghỉ bù {named[day]}"
    if year >= CULTURE_DAY_SINCE:
        named.setdefault(date(year, 11, 24), CULTURE_DAY)
    return dict(sorted(named.items()))


def _named_days(year: int) -> dict[date, str]:
    new_year, national = tet(year), date(year, 9, 2)
    before = 1 if (new_year - _DAY).weekday() == 0 else 2
    days = _fixed_days(year) | {new_year + _DAY * offset: TET for offset in range(-before, 5 - before)}
    if year >= SECOND_NATIONAL_DAY_SINCE:
        days[national + _DAY * (1 if national.weekday() in (0, 3, 6) else -1)] = NATIONAL_DAY
    return days


def _fixed_days(year: int) -> dict[date, str]:
    """The holidays of Đ.112.1 whose date leaves nothing to decide; of Tết the first three days."""
    days = {date(year, 1, 1): NEW_YEAR, date(year, 4, 30): REUNIFICATION, date(year, 5, 1): LABOUR_DAY}
    days |= {date(year, 9, 2): NATIONAL_DAY} | {tet(year) + _DAY * offset: TET for offset in range(3)}
    days.setdefault(hung_kings(year), HUNG_KINGS)
    return days


def is_decided(year: int, decided: Iterable[date]) -> bool:
    """Whether the days entered hold the Tết block of a year (three days at least): then they are its whole list."""
    new_year = tet(year)
    return sum(abs((day - new_year).days) <= 7 for day in decided) >= 3


def national_days_off(years: range, entered: Mapping[date, str]) -> tuple[dict[date, str], frozenset[int]]:
    """Days off of the years, and which years are provisional.

    A year whose entered days hold its Tết block is taken from them and the dates the law fixes itself (on weekends they
    matter where Saturdays are worked); any other year from the law, with what was entered beside it.
    """
    provisional = frozenset(year for year in years if not is_decided(year, entered))
    found: dict[date, str] = {}
    for year in years:
        found |= statutory_holidays(year) if year in provisional else _fixed_days(year)
        if year >= CULTURE_DAY_SINCE:
            found.setdefault(date(year, 11, 24), CULTURE_DAY)
    return found | dict(entered), provisional
