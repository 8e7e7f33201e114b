"""A whole province from the seeds, in a few bulk statements."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING, Any

from django.db import transaction

from tinhso.kernel.errors import Refusal
from tinhso.kernel.units import seeds
from tinhso.kernel.units.actions.changes import ask_right, tree_changed
from tinhso.kernel.units.models import Succession, Unit
from tinhso.kernel.units.rules import (
    COMMUNES_BEGIN_ON,
    DISTRICTS_END_ON,
    MERGER_SOURCE,
    UNKNOWN_BEGIN,
    CommuneKind,
    Kind,
    Level,
    short_commune_name,
    within_sentence,
)

if TYPE_CHECKING:
    from tinhso.kernel.people.rules import Actor

_IN_THE_WAY = "Mã đơn vị “{code}” đã được dùng cho việc khác. Đổi mã đơn vị đó rồi chạy lại."


@transaction.atomic
def found_province(code: str, *, by: Actor, begins_on: date = COMMUNES_BEGIN_ON) -> Unit:
    """The province with all its units of today and those dissolved on 30 June 2025; doing it twice adds nothing.

    ``code`` is the identifier (``H53``) or the administrative code (``80``) of one of the 34 provinces. ``begins_on``
    is the first day of the province, its departments and its centres, at the latest 1 July 2025, the first day of the
    communes. Codes of the units made: ``H53``; ``H53-sxd`` and ``H53-sxd-qlxd`` (departments and their divisions);
    ``H53-mc`` (centre); ``xa-25459``, ``xa-25459-vp``, ``xa-25459-mc`` (commune, division, centre); ``xa-cu-25456``,
    ``huyen-cu-703``, ``tinh-cu-80`` (dissolved).

    Successors: a former commune is succeeded by those that got its area, the default one of the source being main. A
    former district by all communes that got some of its area; none is main unless it is the only one, because a
    district's open work went by area and by subject: a person chooses. A province that gave its name to the merged one
    lives on; the others are succeeded by it. Raises Refusal ``units.unknown_province`` or ``units.begins_too_late``.
    """
    ask_right(by)
    found = next((one for one in seeds.provinces() if code in (one.agency, one.code)), None)
    if found is None:
        raise Refusal("units.unknown_province", f"Không có tỉnh, thành phố mang mã “{code}”. Ví dụ: H53 là Tây Ninh.")
    if begins_on > COMMUNES_BEGIN_ON:
        raise Refusal("units.begins_too_late", "Ngày bắt đầu phải từ 01/7/2025 trở về trước.", field="begins_on")
    province = _province(found, begins_on)
    _departments(province)
    communes = _communes(province, found.code)
    _former(province, found.code, communes)
    tree_changed()
    return province


def _put(units: Iterable[Unit]) -> dict[str, Unit]:
    """Add those whose code is new; all of them by code, saved."""
    wanted = {unit.code: unit for unit in units}
    known = Unit.objects.in_bulk(list(wanted), field_name="code")
    for code, unit in known.items():
        if unit.kind != wanted[code].kind:
            raise Refusal("units.code_taken", _IN_THE_WAY.format(code=code))
    made = Unit.objects.bulk_create(unit for code, unit in wanted.items() if code not in known)
    return known | {unit.code: unit for unit in made}


def _province(found: seeds.Province, begins_on: date) -> Unit:
    unit = Unit(
        code=found.agency,
        national_id=found.agency,
        name=found.name,
        short_name=found.short_name,
        kind=Kind.PROVINCE,
        level=Level.PROVINCE,
        admin_code=found.code,
        begins_on=begins_on,
        latitude=found.latitude,
        longitude=found.longitude,
    )
    return _put([unit])[unit.code]


def _part(of: Unit, suffix: str, name: str, kind: Kind, **more: Any) -> Unit:
    return Unit(
        code=f"{of.code}-{suffix}",
        name=name,
        short_name=more.pop("short_name", name[:80]),
        kind=kind,
        level=of.level,
        parent=of,
        begins_on=of.begins_on,
        **more,
    )


def _departments(province: Unit) -> None:
    """Departments, vertical agencies, their divisions, and the province's one-stop centre under its office."""
    plan = seeds.organisation()
    called = within_sentence(province.name)
    bodies = []
    for group, kind in (("departments", Kind.DEPARTMENT), ("verticals", Kind.VERTICAL)):
        for line in plan[group]:
            name = line["name"].format(province=called)
            national_id = f"{province.national_id}.{line['number']}"
            short_name = line.get("short", name)
            bodies.append(_part(province, line["code"], name, kind, national_id=national_id, short_name=short_name))
    saved = _put(bodies)
    parts = []
    for line in (*plan["departments"], *plan["verticals"]):
        body = saved[f"{province.code}-{line['code']}"]
        parts += [_part(body, code, name, Kind.DIVISION) for code, name in line.get("divisions", {}).items()]
    centre = _part(province, "mc", plan["centres"]["province"].format(province=called), Kind.CENTRE)
    centre.parent, centre.short_name = saved[f"{province.code}-vpub"], "Một cửa tỉnh"
    _put([*parts, centre])


def _communes(province: Unit, province_code: str) -> dict[str, Unit]:
    """Communes by administrative code, each with its divisions and its one-stop centre."""
    saved = _put(
        Unit(
            code=f"xa-{one.code}",
            national_id=f"{province.national_id}.{one.agency_number}",
            name=one.name,
            short_name=short_commune_name(one.name),
            kind=Kind.COMMUNE,
            commune_kind=one.kind,
            level=Level.COMMUNE,
            parent=province,
            admin_code=one.code,
            begins_on=COMMUNES_BEGIN_ON,
            latitude=one.latitude,
            longitude=one.longitude,
        )
        for one in seeds.communes(province_code)
    )
    _put(part for commune in saved.values() for part in _commune_parts(commune))
    return {unit.admin_code: unit for unit in saved.values()}


def _commune_parts(commune: Unit) -> list[Unit]:
    plan = seeds.organisation()
    variant = {CommuneKind.WARD: "ward", CommuneKind.SPECIAL_ZONE: "special_zone"}.get(
        CommuneKind(commune.commune_kind), ""
    )
    called = within_sentence(commune.name)
    parts = [
        _part(commune, code, names.get(variant, names["name"]), Kind.DIVISION)
        for code, names in plan["commune_divisions"].items()
    ]
    name = plan["centres"]["commune"].format(commune=called)
    return [*parts, _part(commune, "mc", name, Kind.CENTRE, short_name=f"Một cửa {called}")]


def _dissolved(code: str, name: str, kind: Kind, level: Level, parent: Unit, admin_code: str, **more: Any) -> Unit:
    return Unit(
        code=code,
        name=name,
        short_name=more.pop("short_name", name),
        kind=kind,
        level=level,
        parent=parent,
        admin_code=admin_code,
        begins_on=UNKNOWN_BEGIN,
        ends_on=DISTRICTS_END_ON,
        **more,
    )


def _former(province: Unit, province_code: str, communes: dict[str, Unit]) -> None:
    """What was dissolved on 30 June 2025: merged provinces, districts, communes, and who succeeded them."""
    merged = {one.code: one for one in seeds.former_provinces() if one.successor == province_code}
    above = _former_provinces(province, merged)
    rows = seeds.formers(frozenset(merged))
    districts = _put(
        _dissolved(
            f"huyen-cu-{row.district_code}",
            row.district,
            Kind.DISTRICT,
            Level.DISTRICT,
            above[row.province_code],
            row.district_code,
        )
        for row in {row.district_code: row for row in rows}.values()
    )
    olds = _put(
        _dissolved(
            f"xa-cu-{row.code}",
            row.name,
            Kind.COMMUNE,
            Level.COMMUNE,
            districts[f"huyen-cu-{row.district_code}"],
            row.code,
            short_name=short_commune_name(row.name),
            commune_kind=row.kind,
            latitude=row.latitude,
            longitude=row.longitude,
        )
        for row in rows
        if row.code
    )
    heirs: dict[int, list[int]] = {unit.pk: [province.pk] for unit in above.values() if unit.pk != province.pk}
    for row in rows:
        taken_by = [communes[code].pk for code in row.successors]
        if row.code:
            heirs[olds[f"xa-cu-{row.code}"].pk] = taken_by
        of_district = heirs.setdefault(districts[f"huyen-cu-{row.district_code}"].pk, [])
        of_district += [pk for pk in taken_by if pk not in of_district]
    without_main = {unit.pk for unit in districts.values() if len(heirs[unit.pk]) > 1}
    _successions(heirs, without_main)


def _former_provinces(province: Unit, merged: dict[str, seeds.Province]) -> dict[str, Unit]:
    """Former province's code → the unit it is: the living province for the one whose name goes on."""
    ended = _put(
        _dissolved(
            f"tinh-cu-{one.code}",
            one.name,
            Kind.PROVINCE,
            Level.PROVINCE,
            province,
            one.code,
            short_name=one.short_name,
            national_id=one.agency,
        )
        for one in merged.values()
        if one.agency != province.national_id
    )
    return {code: ended.get(f"tinh-cu-{code}", province) for code in merged}


def _successions(heirs: dict[int, list[int]], without_main: set[int]) -> None:
    Succession.objects.bulk_create(
        (
            Succession(
                predecessor_id=before,
                successor_id=after,
                happened_on=COMMUNES_BEGIN_ON,
                is_main=position == 0 and before not in without_main,
                legal_source=MERGER_SOURCE,
            )
            for before, afters in heirs.items()
            for position, after in enumerate(afters)
        ),
        ignore_conflicts=True,
    )
