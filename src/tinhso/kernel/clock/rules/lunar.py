"""The Vietnamese lunar calendar, computed from the sky at UTC+7.

A month begins on the day of the new moon; month 11 holds the winter solstice; when 13 months lie between two of them,
the first month without a principal term (a multiple of 30° of the sun's longitude) is the leap month. Calendars of
China use UTC+8 and can differ by a day (Tết 2030 is 2 February here,
3 February there). Formulas: J. Meeus, Astronomical
Algorithms, chapters 25 and 49, shortened; good to about a minute for new moons between 1990 and 2100.
"""

from __future__ import annotations

from datetime import date, timedelta
from functools import lru_cache
from math import floor, radians, sin

HANOI_HOURS = 7
_J2000_NOON = 2451545.0
_JULIAN_TO_ORDINAL = 1721424.5  # date.toordinal() + this = Julian date at 0 h
_LUNATION_DAYS = 29.530588861

# Periodic terms of the new moon: days, power of E, then multiples of the sun's and the moon's anomaly, latitude, node
_NEW_MOON = (
    (-0.40720, 0, 0, 1, 0, 0), (0.17241, 1, 1, 0, 0, 0), (0.01608, 0, 0, 2, 0, 0), (0.01039, 0, 0, 0, 2, 0),
    (0.00739, 1, -1, 1, 0, 0), (-0.00514, 1, 1, 1, 0, 0), (0.00208, 2, 2, 0, 0, 0), (-0.00111, 0, 0, 1, -2, 0),
    (-0.00057, 0, 0, 1, 2, 0), (0.00056, 1, 1, 2, 0, 0), (-0.00042, 0, 0, 3, 0, 0), (0.00042, 1, 1, 0, 2, 0),
    (0.00038, 1, 1, 0, -2, 0), (-0.00024, 1, -1, 2, 0, 0), (-0.00017, 0, 0, 0, 0, 1), (-0.00007, 0, 2, 1, 0, 0),
    (0.00004, 0, 0, 2, -2, 0), (0.00004, 0, 3, 0, 0, 0), (0.00003, 0, 1, 1, -2, 0), (0.00003, 0, 0, 2, 2, 0),
    (-0.00003, 0, 1, 1, 2, 0), (0.00003, 0, -1, 1, 2, 0), (-0.00002, 0, -1, 1, -2, 0), (-0.00002, 0, 1, 3, 0, 0),
)  # fmt: skip


def _clock_shift_days(julian: float) -> float:
    """Terrestrial minus universal time, in days; polynomial of the NASA eclipse pages for 2005–2050."""
    years = (julian - _J2000_NOON) / 365.25
    return (62.92 + 0.32217 * years + 0.005589 * years * years) / 86400


@lru_cache(maxsize=4096)
def _new_moon(lunation: int) -> int:
    """The Hanoi day (ordinal) of a new moon; lunation 0 is that of 6 January 2000."""
    t = lunation / 1236.85
    mean = 2451550.09766 + _LUNATION_DAYS * lunation + 0.00015437 * t * t
    sun = radians(2.5534 + 29.10535670 * lunation - 0.0000014 * t * t)
    moon = radians(201.5643 + 385.81693528 * lunation + 0.0107582 * t * t)
    latitude = radians(160.7108 + 390.67050284 * lunation - 0.0016118 * t * t)
    node = radians(124.7746 - 1.56375588 * lunation + 0.0020672 * t * t)
    shrink = 1 - 0.002516 * t - 0.0000074 * t * t
    periodic = sum(
        days * shrink**power * sin(s * sun + m * moon + f * latitude + n * node)
        for days, power, s, m, f, n in _NEW_MOON
    )
    planets = 0.000325 * sin(radians(299.77 + 0.107408 * lunation)) + 0.000165 * sin(
        radians(251.88 + 0.016321 * lunation)
    )
    julian = mean + periodic + planets
    return floor(julian - _clock_shift_days(julian) + HANOI_HOURS / 24 - _JULIAN_TO_ORDINAL)


def _term(day: int) -> int:
    """The twelfth of the ecliptic that holds the sun at Hanoi midnight: 0 from March on, 9 from the solstice."""
    julian = day + _JULIAN_TO_ORDINAL - HANOI_HOURS / 24
    julian += _clock_shift_days(julian)
    t = (julian - _J2000_NOON) / 36525
    anomaly = radians(357.52911 + 35999.05029 * t - 0.0001537 * t * t)
    centre = (
        (1.914602 - 0.004817 * t) * sin(anomaly)
        + (0.019993 - 0.000101 * t) * sin(2 * anomaly)
        + 0.000289 * sin(3 * anomaly)
    )
    node = radians(125.04 - 1934.136 * t)
    longitude = 280.46646 + 36000.76983 * t + 0.0003032 * t * t + centre - 0.00569 - 0.00478 * sin(node)
    return int(longitude % 360 // 30)


def _lunation_at(day: int) -> int:
    """The last lunation that began on or before a day."""
    guess = floor((day + _JULIAN_TO_ORDINAL - 2451550.1) / _LUNATION_DAYS) + 1
    while _new_moon(guess) > day:
        guess -= 1
    return guess


def _solstice_lunation(year: int) -> int:
    """The lunation of month 11, the one that holds the December solstice of a year."""
    day = date(year, 12, 19).toordinal()
    while _term(day + 1) < 9:  # the solstice happens before the midnight that ends the day
        day += 1
    return _lunation_at(day)


@lru_cache(maxsize=512)
def _months(year: int) -> dict[tuple[int, bool], int]:
    """First days of the months 11 of the year before … 10 of the year: (month, is leap) → ordinal."""
    first, following = _solstice_lunation(year - 1), _solstice_lunation(year)
    leap = None
    if following - first == 13:
        leap = next(n for n in range(first + 1, following) if _term(_new_moon(n)) == _term(_new_moon(n + 1)))
    months: dict[tuple[int, bool], int] = {}
    number = 10
    for lunation in range(first, following):
        is_leap = lunation == leap
        number += 0 if is_leap else 1
        months[(number - 1) % 12 + 1, is_leap] = _new_moon(lunation)
    return months


def lunar_date(year: int, month: int, day: int) -> date:
    """The solar date of a lunar day of months 1 to 10 of a lunar year, leap months left aside."""
    if not 1 <= month <= 10:
        raise ValueError("only months 1 to 10 belong to a lunar year without doubt")
    return date.fromordinal(_months(year)[month, False]) + timedelta(days=day - 1)


def tet(year: int) -> date:
    """The first day of the lunar new year that begins in a solar year."""
    return lunar_date(year, 1, 1)


def hung_kings(year: int) -> date:
    """The commemoration of the Hùng Kings: the tenth day of the third lunar month."""
    return lunar_date(year, 3, 10)
