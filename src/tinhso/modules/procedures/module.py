"""Procedures: the catalogue of administrative procedures, published in dated versions with their legal source.

Each version says who may do what, where, how long it takes, what it costs, which papers it needs, how the form asks
and which steps it runs through. Dossiers follow the version in force when they were received.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils import timezone

from tinhso.kernel.manifest import Audience, Family, Import, Menu, Module, Search, Shortcut
from tinhso.kernel.people.rules import SYSTEM
from tinhso.modules.procedures import actions, queries, rules


def demo(at: datetime | None = None, **_more: Any) -> None:
    """The sample catalogue, published; asked again it changes nothing."""
    actions.load_seeds(by=SYSTEM, at=at or timezone.now())


MODULE = Module(
    code="procedures",
    name="Thủ tục hành chính",
    family=Family.SERVICES,
    permissions=rules.Permission,
    roles=(rules.CONTROLLER,),
    entries=rules.ENTRIES,
    search=(Search("procedures", "Thủ tục", queries.search_hits, Audience.PORTAL, order=10),),
    shortcuts=(
        Shortcut("procedures.file", "Nộp hồ sơ", "procedures:catalogue", "file-plus", "Điền đơn tại nhà", order=10),
    ),
    menu=(
        Menu("procedures.portal", "Thủ tục", "procedures:catalogue", "file-search", Audience.PORTAL, order=10),
        Menu("procedures.desk", "Danh mục thủ tục", "procedures:list", "book-open", Audience.DESK, order=88),
    ),
    imports=(Import("procedures", "Danh mục thủ tục hành chính", actions.run_import),),
    demo=demo,
)
