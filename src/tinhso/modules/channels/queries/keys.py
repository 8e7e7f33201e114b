"""The keys of a line: set at its page by whoever keeps it, else in the deployment's settings. Never shown again."""

from __future__ import annotations

import msgspec
from django.conf import settings

from tinhso.modules.channels.models import Line
from tinhso.modules.channels.queries.sealing import unseal
from tinhso.modules.channels.rules.keys import names_of


def secret_of(line: Line, name: str) -> str:
    """A key of the line; empty when none is set."""
    return kept(line).get(name) or str(settings.CHANNEL_SECRETS.get(line.code, {}).get(name, ""))


def missing(line: Line) -> list[str]:
    """Names of the keys that the line needs and that nobody set."""
    return [name for name in names_of(line.kind_of) if not secret_of(line, name)]


def kept(line: Line) -> dict[str, str]:
    """What was set at its page."""
    said = unseal(line.keys)
    return msgspec.json.decode(said, type=dict[str, str]) if said else {}
