"""PostgreSQL's own programs, and the address by which they reach the platform's database."""

from __future__ import annotations

import os
import shutil
from pathlib import Path


def program(name: str) -> str:
    """The path of one of PostgreSQL's programs: the wheel's, which is new enough for every server we support."""
    from tinhso.config.embedded import programs_folder

    found = programs_folder() / name
    return str(found) if found.exists() else shutil.which(name) or name


def url(database: str | None = None) -> str:
    """The address of the platform's database, or of another on the same server."""
    from urllib.parse import urlsplit, urlunsplit

    from tinhso.config.embedded import embedded_url
    from tinhso.config.environment import env

    own = env.database_url or embedded_url(env.home.resolve())
    if database is None:
        return own
    return urlunsplit(urlsplit(own)._replace(path=f"/{database}"))


def database_name() -> str:
    from urllib.parse import urlsplit

    return urlsplit(url()).path.lstrip("/")


def environment() -> dict[str, str]:
    """What these programs may see of ours: nothing that names another server."""
    return {name: value for name, value in os.environ.items() if not name.startswith("PG")} | {
        "PGCONNECT_TIMEOUT": "10"
    }


def folder(path: str) -> Path:
    return Path(path).expanduser().resolve()
