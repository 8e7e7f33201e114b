"""Names as people type them: without marks, in small letters."""

from __future__ import annotations

from tinhso.kernel.search.rules import fold
from tinhso.modules.procedures.rules.content import Names


def folded_name(names: Names) -> str:
    return fold(" ".join((names.plain, names.legal, *names.everyday)))
