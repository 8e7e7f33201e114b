"""``python -m tests.stage``: puts the small world into the database of this environment and prints what it made.

With ``keys`` every person also gets an API key; with ``dossiers`` there is one in each state.
"""

from __future__ import annotations

import json
import sys
from typing import Any


def main(wanted: set[str]) -> dict[str, Any]:
    from django.db import transaction
    from tests import world as making

    from tinhso.kernel.testing.people import PASSWORD

    with transaction.atomic():
        world = making.build()
        if "dossiers" in wanted:
            making.populate(world)
        told: dict[str, Any] = {
            "password": PASSWORD,
            "commune": world.province.commune.code,
            "dossiers": {state: dossier.case.number for state, dossier in world.dossiers.items()},
            "draft": str(world.draft.token) if world.draft else "",
        }
        if "keys" in wanted:
            told["keys"] = {name: _key(world.account(name)) for name in ("lan", "minh", *world.officials)}
    return told


def _key(account: Any) -> str:
    from datetime import UTC, datetime

    from tinhso.kernel.api import actions
    from tinhso.kernel.people.rules import SYSTEM

    return actions.create_key(account_id=account.pk, name="thử", scopes=["write"], by=SYSTEM, at=datetime.now(UTC))[1]


if __name__ == "__main__":
    import os

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tinhso.config.settings")
    import django

    django.setup()
    print(json.dumps(main(set(sys.argv[1:]))))
