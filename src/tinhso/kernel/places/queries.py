"""Which commune a person means, by its name of today or the one before 1 July 2025."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.utils import timezone

from tinhso.kernel.places.rules import formerly, spell_out, write
from tinhso.kernel.search.rules import Document, Index, fold
from tinhso.kernel.units import queries as units
from tinhso.kernel.units.models import Unit
from tinhso.kernel.units.rules import Kind, Node, Tree

MOST_DOCUMENTS = 40
_HISTORY_COUNTS = 0.9  # a name of today ranks a little above the same name of before


@dataclass(frozen=True, slots=True)
class CommuneFound:
    """A commune a text may mean. ``formerly`` names what it was called before, when it was found by that name."""

    id: int
    code: str
    name: str
    province: str
    formerly: tuple[str, ...] = ()
    latitude: float | None = None
    longitude: float | None = None

    @property
    def label(self) -> str:
        """``Phường Tân Ninh, tỉnh Tây Ninh``."""
        return write((self.name, self.province))

    @property
    def note(self) -> str:
        return formerly(self.formerly)


class _Kept:
    tree: Tree | None = None
    index: Index = Index([])
    points: dict[int, tuple[float | None, float | None]] = {}


def _province_of(node: Node) -> Node | None:
    return next((one for one in units.tree().path(node.id) if one.kind == Kind.PROVINCE), None)


def _full_name(node: Node) -> str:
    """``Phường 1, thành phố Tân An, tỉnh Long An``: up to the province of its day."""
    names = [node.name]
    for above in units.tree().path(node.id)[1:]:
        names.append(above.name)
        if above.kind == Kind.PROVINCE:
            break
    return write(names)


def _document(node: Node) -> Document:
    path = units.tree().path(node.id)[1:]
    above = " ".join(one.name for one in path if one.kind in (Kind.DISTRICT, Kind.PROVINCE))
    boost = 1.0 if node.ends_on is None else _HISTORY_COUNTS
    bare = spell_out(node.name).split(" ", 1)[-1]
    return Document(node.id, spell_out(node.name), names=(bare,), field=spell_out(above), code=node.code, boost=boost)


def _index() -> Index:
    """All communes of the deployment, read anew when the tree changed."""
    tree = units.tree()
    if _Kept.tree is not tree:
        communes = [node for node in tree.nodes.values() if node.kind in (Kind.COMMUNE, Kind.DISTRICT)]
        _Kept.index = Index(map(_document, communes), fillers=frozenset())
        rows = Unit.objects.filter(kind=Kind.COMMUNE).values_list("id", "latitude", "longitude")
        _Kept.points = {pk: (latitude, longitude) for pk, latitude, longitude in rows}
        _Kept.tree = tree
    return _Kept.index


def find_communes(text: str, day: date | None = None, limit: int = 8) -> list[CommuneFound]:
    """Communes that exist on that day (today when not given) and that the text may mean, the likeliest first.

    Understands names with and without marks, of today and of before, with district and province or without,
    abbreviations (``p1 tp tay ninh``), typing mistakes and an unfinished last word.
    """
    day = day or timezone.localdate()
    nodes = units.tree().nodes
    wanted = spell_out(text)
    found: dict[int, list[str]] = {}
    for hit in _index().search(wanted, MOST_DOCUMENTS):
        node = nodes[hit.key]
        for commune_id in units.successors_on(node.id, day):
            names = found.setdefault(commune_id, [])
            if commune_id != node.id and node.kind == Kind.COMMUNE and len(names) < 3:
                names.append(_full_name(node))
        if len(found) >= limit * 2:
            break
    return [_found(nodes[pk], names) for pk, names in found.items() if nodes[pk].kind == Kind.COMMUNE][:limit]


def _found(node: Node, names: list[str]) -> CommuneFound:
    province = _province_of(node)
    latitude, longitude = _Kept.points.get(node.id, (None, None))
    same = fold(node.name)
    return CommuneFound(
        id=node.id,
        code=node.code,
        name=node.name,
        province=province.name if province else "",
        formerly=tuple(name for name in names if fold(name) != same),
        latitude=latitude,
        longitude=longitude,
    )
