"""Frozen results as files: whoever has one computes the same again, also without the database."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tinhso.kernel.errors import Refusal


def is_file(name: str) -> bool:
    """Whether a command's argument names a bundle; anything else is a code in the database."""
    return name.endswith(".json") or Path(name).is_file()


def is_offline(arguments: Sequence[str]) -> bool:
    """Whether a command needs no database: its first argument is a bundle, which explains itself."""
    return bool(arguments) and is_file(arguments[0])


def read(path: str) -> Any:
    """What a bundle says. Raises Refusal ``bundles.unreadable``."""
    try:
        return json.loads(Path(path).read_text(encoding="utf-8"))
    except (OSError, ValueError) as wrong:
        raise Refusal("bundles.unreadable", f"Không đọc được gói kết quả {path}: {wrong}") from None
