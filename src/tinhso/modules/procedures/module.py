"""Procedures: the catalogue of administrative procedures, published in dated versions with their legal source.

Each version says who may do what, where, how long it takes, what it costs, which papers it needs, how the form asks
and which steps it runs through. Dossiers follow the version in force when they were received.
"""

from __future__ import annotations

from tinhso.kernel.manifest import Family, Import, Module
from tinhso.modules.procedures import actions, rules

MODULE = Module(
    code="procedures",
    name="Thủ tục hành chính",
    family=Family.SERVICES,
    permissions=rules.Permission,
    roles=(rules.CONTROLLER,),
    entries=rules.ENTRIES,
    imports=(Import("procedures", "Danh mục thủ tục hành chính", actions.run_import),),
)
