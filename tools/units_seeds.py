"""Write the seeds of ``kernel/units``: the country's provinces and communes, before and since 1 July 2025.

A tool for developers, run by hand when the source appears in a new version; the platform itself reads only the seeds.
The source is the Python package ``vietnamadminunits`` (MIT). ``python tools/units_seeds.py IDENTIFIERS_CSV`` also
copies the table of agency identifiers, ``python tools/units_seeds.py`` leaves that one as it is.
"""

from __future__ import annotations

import csv
import gzip
import io
import json
import math
import shutil
import sqlite3
import sys
from collections.abc import Iterable
from pathlib import Path
from unicodedata import normalize

import vietnamadminunits

SOURCE = Path(vietnamadminunits.__file__).parent / "data"
TARGET = Path(__file__).parents[1] / "src/tinhso/kernel/units/seeds"
# Kinds are read from names: the source's own column of kinds contradicts some of them.
KINDS = {"Phường": "phuong", "Xã": "xa", "Đặc khu": "dac_khu", "Thị trấn": "thi_tran"}
# The source places these on the mainland, so it is better to know nothing.
MISPLACED_DISTRICTS = frozenset({"Huyện Trường Sa", "Huyện Hoàng Sa"})
FIRST_COMMUNE_NUMBER = 201
TOO_FAR_KM = 40

Row = tuple[object, ...]
Point = tuple[float, float]


def kind_of(name: str) -> str:
    return next((kind for word, kind in KINDS.items() if name.lower().startswith(word.lower() + " ")), "")


def province_agencies() -> dict[str, str]:
    """Short name of each former province → its agency identifier, e.g. ``Long An`` → ``H39``."""
    with (TARGET / "identifiers.csv").open(encoding="utf-8") as lines:
        return {row["name_vi"]: row["code"] for row in csv.DictReader(lines) if row["group"] == "H"}


def kept(latitude: float | None, longitude: float | None, digits: int) -> tuple[object, object]:
    return ("", "") if latitude is None or longitude is None else (round(latitude, digits), round(longitude, digits))


def agency_of(short_name: str, agencies: dict[str, str]) -> str:
    plain = {name.replace(" - ", " ").replace("-", " "): code for name, code in agencies.items()}
    wanted = short_name.replace(" - ", " ").replace("-", " ")
    return plain.get(wanted) or plain[{"Thừa Thiên Huế": "Huế"}.get(wanted, wanted)]


def provinces(base: sqlite3.Connection) -> list[Row]:
    agencies = province_agencies()
    found = base.execute(
        "SELECT provinceCode, province, provinceShort, min(provinceLat), min(provinceLon) FROM admin_units"
        " GROUP BY provinceCode ORDER BY provinceCode"
    )
    return [
        (code, normalize("NFC", name), normalize("NFC", short), agency_of(short, agencies), *kept(lat, lon, 4))
        for code, name, short, lat, lon in found
    ]


def communes(base: sqlite3.Connection) -> list[Row]:
    """Each commune with a running number in its province, from which its (unconfirmed) agency identifier is made."""
    numbers: dict[str, int] = {}
    rows: list[Row] = []
    found = base.execute("SELECT provinceCode, wardCode, ward FROM admin_units ORDER BY provinceCode, wardCode")
    points = repaired_points(base)
    for province, code, name in found:
        number = numbers[province] = numbers.get(province, FIRST_COMMUNE_NUMBER - 1) + 1
        rows.append(
            (province, code, kind_of(normalize("NFC", name)), normalize("NFC", name), number, *kept(*points[code], 4))
        )
    return rows


def successors(base: sqlite3.Connection) -> dict[str, list[str]]:
    """Key of each former commune → codes of the communes it went to, the main one first."""
    codes = {
        (province, ward): code
        for province, ward, code in base.execute("SELECT provinceKey, wardKey, wardCode FROM admin_units")
    }
    mapping = json.loads((SOURCE / "converter_2025.json").read_text(encoding="utf-8"))
    found: dict[str, list[str]] = {}
    for province, news in mapping["DICT_PROVINCE_WARD_NO_DIVIDED"].items():
        for new, olds in news.items():
            for old in olds:
                found.setdefault(old.rstrip("_"), []).append(codes[province, new])
    for province, olds in mapping["DICT_PROVINCE_WARD_DIVIDED"].items():
        for old, news in olds.items():
            ordered = sorted(news, key=lambda new: not new["isDefaultNewWard"])
            found.setdefault(old.rstrip("_"), []).extend(codes[province, new["newWardKey"]] for new in ordered)
    return without_namesakes(base, found)


def distance_km(one: Point, other: Point) -> float:
    return 111 * math.hypot(one[0] - other[0], one[1] - other[1])


def old_points(base: sqlite3.Connection) -> dict[str, Point]:
    """Key of each former commune → its centre; those misplaced by the source are left out."""
    found = base.execute("SELECT district, wardLat, wardLon, provinceKey, districtKey, wardKey FROM admin_units_legacy")
    return {
        "_".join(key for key in keys if key): (lat, lon)
        for district, lat, lon, *keys in found
        if lat is not None and district not in MISPLACED_DISTRICTS
    }


def new_points(base: sqlite3.Connection) -> dict[str, Point]:
    found = base.execute("SELECT wardCode, wardLat, wardLon FROM admin_units")
    return {code: (lat, lon) for code, lat, lon in found}


def without_namesakes(base: sqlite3.Connection, went_to: dict[str, list[str]]) -> dict[str, list[str]]:
    """Drop successors that the source gives to a namesake by mistake.

    Where two former communes of the same name lay in two provinces that merged, the source gives each the successors of
    both. A successor is dropped when all communes that went over to it whole come from another former province and it
    lies more than 40 km away.
    """
    homes: dict[str, set[str]] = {}
    for old, news in went_to.items():
        if len(news) == 1:
            homes.setdefault(news[0], set()).add(old.split("_")[0])
    olds, news_at = old_points(base), new_points(base)

    def is_namesake(old: str, new: str) -> bool:
        return (
            old.split("_")[0] not in homes.get(new, {old.split("_")[0]})
            and old in olds
            and distance_km(olds[old], news_at[new]) > TOO_FAR_KM
        )

    return {old: [new for new in news if len(news) == 1 or not is_namesake(old, new)] for old, news in went_to.items()}


def repaired_points(base: sqlite3.Connection) -> dict[str, Point]:
    """Centres of today's communes; one far from three or more predecessors that agree becomes their mean."""
    olds, points = old_points(base), new_points(base)
    parts: dict[str, list[Point]] = {}
    for old, news in successors(base).items():
        if len(news) == 1 and old in olds:
            parts.setdefault(news[0], []).append(olds[old])
    for code, found in parts.items():
        mean = (sum(one[0] for one in found) / len(found), sum(one[1] for one in found) / len(found))
        agree = len(found) >= 3 and all(distance_km(one, mean) < TOO_FAR_KM / 2 for one in found)
        if agree and distance_km(points[code], mean) > TOO_FAR_KM:
            points[code] = mean
    return points


def formers(base: sqlite3.Connection) -> list[Row]:
    """Each former commune, and each former district that had none, with what became of it."""
    went_to = successors(base)
    rows: list[Row] = []
    found = base.execute(
        "SELECT provinceCode, province, districtCode, district, wardCode, ward, wardLat, wardLon,"
        " provinceKey, districtKey, wardKey FROM admin_units_legacy ORDER BY provinceCode, districtCode,"
        " coalesce(wardCode, '')"
    )
    for province_code, province, district_code, district, code, name, lat, lon, *keys in found:
        misplaced = district in MISPLACED_DISTRICTS
        rows.append(
            (
                province_code,
                normalize("NFC", province),
                district_code,
                normalize("NFC", district),
                code or "",
                kind_of(normalize("NFC", name or "")),
                normalize("NFC", name or ""),
                *(("", "") if misplaced else kept(lat, lon, 3)),
                "|".join(went_to["_".join(key for key in keys if key)]),
            )
        )
    return rows


def former_provinces(base: sqlite3.Connection) -> list[Row]:
    agencies = province_agencies()
    mapping = json.loads((SOURCE / "converter_2025.json").read_text(encoding="utf-8"))["DICT_PROVINCE"]
    new_codes = dict(base.execute("SELECT DISTINCT provinceKey, provinceCode FROM admin_units"))
    went_to = {old: new_codes[new] for new, olds in mapping.items() for old in olds}
    found = base.execute(
        "SELECT DISTINCT provinceCode, province, provinceShort, provinceKey FROM admin_units_legacy"
        " ORDER BY provinceCode"
    )
    return [
        (code, normalize("NFC", name), normalize("NFC", short), agency_of(short, agencies), went_to[key])
        for code, name, short, key in found
    ]


def table(header: str, rows: Iterable[Row]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header.split())
    writer.writerows(rows)
    return text.getvalue()


def main() -> None:
    TARGET.mkdir(parents=True, exist_ok=True)
    if len(sys.argv) > 1:
        shutil.copyfile(sys.argv[1], TARGET / "identifiers.csv")
    base = sqlite3.connect(f"file:{SOURCE / 'dataset.db'}?mode=ro", uri=True)
    (TARGET / "provinces-2025.csv").write_text(table("code name short_name agency lat lon", provinces(base)))
    (TARGET / "provinces-former.csv").write_text(table("code name short_name agency successor", former_provinces(base)))
    (TARGET / "communes-2025.csv").write_text(table("province code kind name agency_number lat lon", communes(base)))
    header = "province_code province district_code district code kind name lat lon successors"
    packed = gzip.compress(table(header, formers(base)).encode(), mtime=0)
    (TARGET / "former.csv.gz").write_bytes(packed)


if __name__ == "__main__":
    main()
