"""All writes to the tree: a whole province at once, single changes, and rows from a table."""

from tinhso.kernel.units.actions.changes import add, end, rename, succeed
from tinhso.kernel.units.actions.founding import found_province
from tinhso.kernel.units.actions.importing import Line, import_units

__all__ = ["Line", "add", "end", "found_province", "import_units", "rename", "succeed"]
