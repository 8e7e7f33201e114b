"""Where the built front end lies: hashed file names from the manifest that the front-end build writes.

Read once per process. When nothing has been built yet (tests of a module, a fresh checkout) pages still render, only
without styles and scripts.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.templatetags.static import static

DIST = Path(__file__).resolve().parent / "static" / "dist"
FONTS = "node_modules/@fontsource/be-vietnam-pro/files/be-vietnam-pro-{}-normal.woff2"
PRELOADED = ("latin-400", "vietnamese-400", "latin-600", "vietnamese-600")


@dataclass(frozen=True, slots=True)
class Entry:
    """What one family of pages must load, as addresses."""

    script: str
    imports: tuple[str, ...]
    styles: tuple[str, ...]


@lru_cache(maxsize=1)
def manifest() -> dict[str, dict[str, Any]]:
    """The build's own list of files, by source; empty before the first build."""
    path = DIST / "manifest.json"
    return json.loads(path.read_text()) if path.exists() else {}


def address(source: str) -> str:
    """The address of one built file by its source path in ``frontend/``; empty when it was not built."""
    found = manifest().get(source)
    return static(f"dist/{found['file']}") if found else ""


@lru_cache(maxsize=8)
def entry(name: str) -> Entry | None:
    """Scripts and style sheets of ``app``, ``flow``, ``work`` or ``board``, shared parts first."""
    root = manifest().get(f"src/{name}.ts")
    if root is None:
        return None
    parts = _parts(root)
    styles = dict.fromkeys(sheet for part in parts for sheet in part.get("css", ()))
    imports = tuple(static(f"dist/{part['file']}") for part in parts if part is not root)
    return Entry(static(f"dist/{root['file']}"), imports, tuple(static(f"dist/{sheet}") for sheet in styles))


def _parts(chunk: dict[str, Any]) -> list[dict[str, Any]]:
    found = [part for name in chunk.get("imports", ()) for part in _parts(manifest()[name])]
    unique = {part["file"]: part for part in [*found, chunk]}
    return list(unique.values())


def fonts() -> tuple[str, ...]:
    """Addresses of the four font files that every page needs at once."""
    return tuple(filter(None, (address(FONTS.format(name)) for name in PRELOADED)))


def sprite() -> str:
    """The address of the icon sprite."""
    return address("src/generated/icons.svg")


def mark() -> str:
    """The address of the product mark."""
    return address("src/art/mark.svg")
