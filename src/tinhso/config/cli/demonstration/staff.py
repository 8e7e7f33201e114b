"""Who works where: accounts, posts and roles of the demonstration, and the citizens who file."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from random import Random
from typing import Any

from django.contrib.auth.hashers import make_password

from tinhso.config.cli.demonstration.names import MARK, Invented, official_name, somebody
from tinhso.kernel.manifest import registry
from tinhso.kernel.people.models import Account, Grant, Person, Position
from tinhso.kernel.units.queries import tree
from tinhso.kernel.units.rules import Kind, Node

PASSWORD = "tinhso-demo-2026"  # noqa: S105 - everybody may know it: the accounts hold invented people only
SINCE = date(2025, 7, 1)
HOME = "xa-25459"  # phường Tân Ninh: its accounts have the short names
FULL_COMMUNES = 6
FULL_DEPARTMENTS = ("sxd", "snnmt", "stp")
NAMED_CITIZENS = (
    ("dan.lan", "Nguyễn Thị Lan", True, date(1988, 3, 12)),
    ("dan.minh", "Trần Văn Minh", False, date(1975, 9, 2)),
    ("dan.hoa", "Lê Thị Hoa", True, date(1994, 6, 20)),
)


@dataclass(frozen=True, slots=True)
class Official:
    id: int
    name: str
    title: str


@dataclass(frozen=True, slots=True)
class Citizen:
    account_id: int
    person_id: int
    said: Invented


@dataclass(frozen=True)
class Staff:
    """The officials of one body, by what they do with a dossier."""

    unit_id: int
    clerk: Official
    specialists: tuple[Official, ...]
    head: Official
    leader: Official
    registrar: Official


@dataclass
class Cast:
    """Everybody on the stage. ``staff`` by the id of the body that resolves."""

    staff: dict[int, Staff] = field(default_factory=dict)
    full: tuple[int, ...] = ()
    citizens: list[Citizen] = field(default_factory=list)
    named: dict[str, Citizen] = field(default_factory=dict)


# part of the name, title in a commune, title in a department, roles, where (suffix of the unit's code)
_FULL = (
    ("canbo.motcua", "Công chức một cửa", "Công chức một cửa", ("dossiers.clerk",), "mc"),
    ("chuyenvien", "Chuyên viên", "Chuyên viên", ("dossiers.specialist",), "kt"),
    ("chuyenvien2", "Chuyên viên", "Chuyên viên", ("dossiers.specialist",), "vhxh"),
    ("truongphong", "Trưởng phòng", "Trưởng phòng", ("dossiers.head",), "kt"),
    ("lanhdao", "Chủ tịch UBND", "Giám đốc Sở", ("dossiers.leader",), ""),
    ("vanthu", "Văn thư", "Văn thư", ("dossiers.registrar",), "vp"),
    ("giamdoc.trungtam", "Giám đốc Trung tâm PVHCC", "Phó Giám đốc Sở", ("dossiers.director",), "mc"),
)
_ALONE = ("dossiers.clerk", "dossiers.specialist", "dossiers.head", "dossiers.leader", "dossiers.registrar")


@dataclass
class _Post:
    username: str
    name: str
    title: str
    unit_id: int
    grants: tuple[tuple[str, int], ...]


def employ(rng: Random) -> Cast:
    """Officials of every role: full staff in six communes and three departments, one person for all elsewhere."""
    known = tree()
    root = known.nodes[known.root_ids[0]]
    bodies = [node for node in known.nodes.values() if _is_body(node)]
    communes = sorted((b for b in bodies if b.kind == Kind.COMMUNE), key=lambda b: (b.code != HOME, b.code))
    full = {b.id for b in communes[:FULL_COMMUNES]} | {
        b.id for b in bodies if b.code in {f"{root.code}-{one}" for one in FULL_DEPARTMENTS}
    }
    posts: list[_Post] = []
    wanted: dict[int, tuple[str, ...]] = {}
    for body in (*communes, *(b for b in bodies if b.kind != Kind.COMMUNE)):
        made = _full_posts(body, root, rng) if body.id in full else [_lone_post(body, root, rng)]
        wanted[body.id] = tuple(post.username for post in made)
        posts += made
    posts += _province_posts(root, rng)
    accounts = _hire(posts)
    cast = Cast(full=tuple(b.id for b in (*communes, *bodies) if b.id in full))
    cast.full = tuple(dict.fromkeys(cast.full))
    for unit_id, usernames in wanted.items():
        cast.staff[unit_id] = _staff(unit_id, [accounts[name] for name in usernames])
    return cast


def _is_body(node: Node) -> bool:
    return node.ends_on is None and node.kind in (Kind.COMMUNE, Kind.DEPARTMENT, Kind.VERTICAL)


def prefix(body: Node, root: Node) -> str:
    """The beginning of user names in a body; none in the commune where most of the showing is done."""
    if body.code == HOME:
        return ""
    return body.code.removeprefix(f"{root.code}-").replace("xa-", "xa") + "."


def _part_id(body: Node, suffix: str) -> int:
    return next((node.id for code, node in tree().by_code.items() if code == f"{body.code}-{suffix}"), body.id)


def _reception_id(body: Node, root: Node) -> int:
    own = body if body.kind == Kind.COMMUNE else root
    return tree().by_code[f"{own.code}-mc"].id


def _full_posts(body: Node, root: Node, rng: Random) -> list[_Post]:
    posts = []
    for part, in_commune, in_department, roles, suffix in _FULL:
        title = in_commune if body.kind == Kind.COMMUNE else in_department
        unit_id = _reception_id(body, root) if suffix == "mc" else _part_id(body, suffix) if suffix else body.id
        places = {body.id, _reception_id(body, root)} if suffix == "mc" else {body.id}
        grants = tuple((role, place) for role in roles for place in sorted(places))
        posts.append(_Post(prefix(body, root) + part, official_name(rng), title, unit_id, grants))
    return posts


def _lone_post(body: Node, root: Node, rng: Random) -> _Post:
    places = sorted({body.id, _reception_id(body, root)})
    grants = tuple((role, place) for role in _ALONE for place in places)
    return _Post(f"{prefix(body, root)}canbo", official_name(rng), "Công chức", body.id, grants)


def _province_posts(root: Node, rng: Random) -> list[_Post]:
    office = _part_id(root, "vpub")
    every = tuple((role, root.id) for role in registry.roles if not role.startswith("dossiers."))
    return [
        _Post("lanhdao.tinh", official_name(rng), "Phó Chủ tịch UBND tỉnh", root.id, (("dossiers.overseer", root.id),)),
        _Post("kiemsoat", official_name(rng), "Chuyên viên kiểm soát TTHC", office,
              (("procedures.controller", root.id), ("dossiers.overseer", root.id))),
        _Post("quantri", official_name(rng), "Quản trị hệ thống", office, (*every, ("dossiers.overseer", root.id))),
    ]  # fmt: skip


def _hire(posts: list[_Post]) -> dict[str, Official]:
    secret = make_password(PASSWORD)
    made = Account.objects.bulk_create(
        Account(username=p.username, display_name=p.name, password=secret, is_official=True, is_demonstration=True)
        for p in posts
    )
    Position.objects.bulk_create(
        Position(account=account, unit_id=post.unit_id, title=post.title, begins_on=SINCE)
        for account, post in zip(made, posts, strict=True)
    )
    Grant.objects.bulk_create(
        Grant(account=account, role=role, unit_id=unit_id, begins_on=SINCE)
        for account, post in zip(made, posts, strict=True)
        for role, unit_id in dict.fromkeys(post.grants)
    )
    return {
        post.username: Official(account.pk, post.name, post.title) for account, post in zip(made, posts, strict=True)
    }


def _staff(unit_id: int, people: list[Official]) -> Staff:
    if len(people) == 1:
        one = people[0]
        return Staff(unit_id, one, (one,), one, one, one)
    clerk, first, second, head, leader, registrar, _director = people
    return Staff(unit_id, clerk, (first, second), head, leader, registrar)


def invite(rng: Random, number: int) -> tuple[list[Citizen], dict[str, Citizen]]:
    """``number`` invented citizens with accounts, and the few with names to sign in with."""
    said = [somebody(rng, 1000 + index) for index in range(number)]
    named = [_named(index, *row) for index, row in enumerate(NAMED_CITIZENS)]
    citizens = _settle([(f"dan{index + 1:05d}", one) for index, one in enumerate(said)])
    known = _settle([(row[0], one) for row, one in zip(NAMED_CITIZENS, named, strict=True)])
    return citizens, {row[0]: one for row, one in zip(NAMED_CITIZENS, known, strict=True)}


def _named(index: int, username: str, name: str, is_female: bool, born_on: date) -> Invented:
    del username
    number = f"072{int(is_female)}{born_on:%y}{index + 1:06d}"
    phone = f"+84900{index + 1:06d}"
    return Invented(f"{name} {MARK}", is_female, born_on, number, phone, f"Số {12 + index}, khu phố {index + 1}")


def _settle(rows: Iterable[tuple[str, Invented]]) -> list[Citizen]:
    rows = list(rows)
    home: Any = tree().by_code.get(HOME)
    secret = make_password(PASSWORD)
    persons = Person.objects.bulk_create(
        (
            Person(full_name=one.name, identity_number=one.identity_number, born_on=one.born_on,
                   is_female=one.is_female, address=one.address, phone=one.phone, commune_id=home and home.id)
            for _, one in rows
        ),
        batch_size=2000,
    )  # fmt: skip
    accounts = Account.objects.bulk_create(
        (
            Account(username=name, display_name=one.name, password=secret, person=person, is_demonstration=True)
            for (name, one), person in zip(rows, persons, strict=True)
        ),
        batch_size=2000,
    )
    return [Citizen(account.pk, account.person_id or 0, one) for account, (_, one) in zip(accounts, rows, strict=True)]
