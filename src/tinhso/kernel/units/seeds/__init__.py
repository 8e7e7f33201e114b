"""The country's provinces and communes, before and since 1 July 2025, as dated data. Origin and flaws: SOURCE.md."""

from __future__ import annotations

import csv
import gzip
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from tinhso.kernel.seeds import seed

HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Province:
    """A province; ``agency`` is its level-1 identifier, ``successor`` the code of what a former one became."""

    code: str
    name: str
    short_name: str
    agency: str
    latitude: float | None = None
    longitude: float | None = None
    successor: str = ""


@dataclass(frozen=True, slots=True)
class Commune:
    """A commune since 1 July 2025; ``agency_number`` is ours and unconfirmed."""

    province: str
    code: str
    kind: str
    name: str
    agency_number: str
    latitude: float | None
    longitude: float | None


@dataclass(frozen=True, slots=True)
class Former:
    """A commune until 30 June 2025 and what took it over, the main one first.

    ``code``, ``kind`` and ``name`` are empty for the five island districts that had no commune.
    """

    province_code: str
    province: str
    district_code: str
    district: str
    code: str
    kind: str
    name: str
    latitude: float | None
    longitude: float | None
    successors: tuple[str, ...]


def _number(text: str) -> float | None:
    return float(text) if text else None


def _rows(name: str) -> Iterator[list[str]]:
    opened: Any = gzip.open if name.endswith(".gz") else open
    with opened(HERE / name, "rt", encoding="utf-8", newline="") as lines:
        reader = csv.reader(lines)
        next(reader)
        yield from reader


def provinces() -> tuple[Province, ...]:
    """The 34 provinces of today."""
    return tuple(
        Province(code, name, short, agency, _number(lat), _number(lon))
        for code, name, short, agency, lat, lon in _rows("provinces-2025.csv")
    )


def former_provinces() -> tuple[Province, ...]:
    """The 63 provinces until 30 June 2025."""
    return tuple(
        Province(code, name, short, agency, successor=successor)
        for code, name, short, agency, successor in _rows("provinces-former.csv")
    )


def communes(province: str = "") -> list[Commune]:
    """The communes of today: of one province, or all 3,321."""
    return [
        Commune(of, code, kind, name, number, _number(lat), _number(lon))
        for of, code, kind, name, number, lat, lon in _rows("communes-2025.csv")
        if province in ("", of)
    ]


def formers(province_codes: frozenset[str] | None = None) -> list[Former]:
    """Former communes of these former provinces, or all 10,040 rows."""
    return [
        Former(of, province, in_district, district, code, kind, name, _number(lat), _number(lon), tuple(new.split("|")))
        for of, province, in_district, district, code, kind, name, lat, lon, new in _rows("former.csv.gz")
        if province_codes is None or of in province_codes
    ]


@cache
def organisation() -> dict[str, Any]:
    """The usual departments, vertical agencies, divisions and centres, as in departments.yaml."""
    return seed("tinhso.kernel.units", "departments.yaml")
