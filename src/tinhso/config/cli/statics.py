"""Collects static files when they changed, and only then: the second start should take no time.

Files of former versions stay for a week: pages that were opened before an upgrade still ask for them.
"""

from __future__ import annotations

import hashlib
import time
from pathlib import Path

KEEP_SECONDS = 7 * 24 * 3600


def fingerprint() -> str:
    """Changes when a static file appears, goes, or changes in size or time."""
    from django.contrib.staticfiles.finders import get_finders

    seen = hashlib.sha256()
    for finder in get_finders():
        for path, storage in finder.list([]):
            stat = Path(storage.path(path)).stat()
            seen.update(f"{path}|{stat.st_size}|{stat.st_mtime_ns}\n".encode())
    return seen.hexdigest()


def _forget(root: Path) -> None:
    from django.contrib.staticfiles.finders import find

    limit = time.time() - KEEP_SECONDS
    for path in root.rglob("*"):
        name = str(path.relative_to(root)).removesuffix(".gz").removesuffix(".br")
        if path.is_file() and path.stat().st_mtime < limit and not name.startswith(".") and find(name) is None:
            path.unlink()


def collect() -> bool:
    """Copy and compress static files to the data folder. False: nothing changed since last time."""
    from django.conf import settings
    from django.core.management import call_command

    root = Path(settings.STATIC_ROOT)
    stamp, now = root / ".collected", fingerprint()
    if stamp.exists() and stamp.read_text() == now:
        return False
    root.mkdir(parents=True, exist_ok=True)
    call_command("collectstatic", verbosity=0, interactive=False)
    _forget(root)
    stamp.write_text(now)
    return True
