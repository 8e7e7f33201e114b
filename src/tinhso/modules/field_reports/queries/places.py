"""In which commune a point lies, which unit is responsible there, and what else was reported near."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta

from tinhso.kernel.cases.rules import Phase
from tinhso.kernel.places.queries import find_communes
from tinhso.kernel.search.rules import fold
from tinhso.kernel.units import queries as units
from tinhso.kernel.units.models import Unit
from tinhso.kernel.units.rules import Kind, Tree
from tinhso.modules.field_reports.models import Report
from tinhso.modules.field_reports.rules.catalogue import Catalogue, Category, First
from tinhso.modules.field_reports.rules.places import (
    OUTSIDE_METRES,
    SAME_DAYS,
    SAME_METRES,
    Point,
    around,
    metres,
)

MOST_NEAR = 5
MOST_READ = 200
_TYPES = re.compile(r"^(xa|phuong|dac khu) ")


class _Kept:
    tree: Tree | None = None
    centres: tuple[tuple[int, Point], ...] = ()


def _centres() -> tuple[tuple[int, Point], ...]:
    """Today's communes with the points of their offices, read anew when the tree changed."""
    tree = units.tree()
    if _Kept.tree is not tree:
        rows = Unit.objects.filter(kind=Kind.COMMUNE, ends_on__isnull=True, latitude__isnull=False)
        found = rows.values_list("id", "latitude", "longitude")
        _Kept.centres = tuple((pk, Point(lat, lon)) for pk, lat, lon in found if lat is not None and lon is not None)
        _Kept.tree = tree
    return _Kept.centres


def nearest_commune(place: Point) -> int | None:
    """The commune whose centre is nearest; None when the point is not in the province.

    Outlines of communes are not at hand; who sends may choose another commune, and the desk corrects it."""
    found = min(((metres(place, centre), pk) for pk, centre in _centres()), default=None)
    return found[1] if found is not None and found[0] <= OUTSIDE_METRES else None


def commune_named(text: str) -> int | None:
    """The commune of today with this number or name, of today or of before, as it is typed: without diacritics,
    without “xã”, “phường”. None where nothing or more than one is called so."""
    if text.isascii() and text.isdigit():
        node = units.tree().nodes.get(int(text[:9]))
        return node.id if node is not None and node.kind == Kind.COMMUNE and node.ends_on is None else None
    said, found = fold(text), find_communes(text)
    for same in (fold, lambda name: _TYPES.sub("", fold(name))):
        ids = {one.id for one in found if said in {same(name) for name in (one.name, *one.formerly)}}
        if len(ids) == 1:
            return ids.pop()
    return None


def desk_unit(catalogue: Catalogue) -> int:
    """The unit of the 1022 desk; the province itself where the list names none that exists."""
    tree = units.tree()
    root = tree.nodes[tree.root_ids[0]]
    found = tree.by_code.get(f"{root.code}-{catalogue.desk}")
    return found.id if found else root.id


def department_named(code: str) -> str:
    """The name of the province's department with this code, or the code where there is none."""
    tree = units.tree()
    found = tree.by_code.get(f"{tree.nodes[tree.root_ids[0]].code}-{code}")
    return found.name if found else code


def responsible_unit(category: Category, commune_id: int | None, on: date, against_id: int | None = None) -> int | None:
    """The unit that handles this kind there on that day; None when the place is not known, the unit does not exist, or
    it belongs to the body complained of."""
    tree = units.tree()
    if category.first is First.COMMUNE:
        found = units.main_successor_on(commune_id, on) if commune_id else None
    else:
        root = tree.nodes[tree.root_ids[0]]
        node = tree.by_code.get(f"{root.code}-{category.unit}")
        found = units.main_successor_on(node.id, on) if node else None
    return None if found is None or is_of_body(found, against_id) else found


def is_of_body(unit_id: int, against_id: int | None) -> bool:
    """Whether both units belong to one body, such as the one complained of."""
    if against_id is None:
        return False
    tree = units.tree()
    return tree.body_of(unit_id).id == tree.body_of(against_id).id


def near(category: str, place: Point, *, at: datetime, metres_around: float = SAME_METRES) -> list[Report]:
    """Open reports of the same kind within so many metres and the last days, the nearest first, at most five.

    For officials, and for offering to follow: then only public ones, through ``queries.public``."""
    since = at - timedelta(days=SAME_DAYS)
    rows = Report.objects.within(around(place, metres_around)).filter(
        category=category, received_at__gte=since, parent__isnull=True, case__phase__in=(Phase.OPEN, Phase.PAUSED)
    )
    rows = rows.select_related("case").order_by("-received_at")[:MOST_READ]
    far = [(metres(place, Point(one.latitude, one.longitude)), one) for one in rows if one.latitude is not None]  # type: ignore[arg-type]
    near_ones = [(away, one) for away, one in far if away <= metres_around]
    return [one for _away, one in sorted(near_ones, key=lambda pair: pair[0])[:MOST_NEAR]]
