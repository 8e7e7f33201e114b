"""``python -m tests.stage``: puts the small world into the database of this environment and prints what it made.

With ``keys`` every person also gets an API key; with ``dossiers`` there is one in each state.
"""

from __future__ import annotations

import json
import sys
from typing import Any

PLAIN = "1.004873"  # asks for no papers


def main(wanted: set[str]) -> dict[str, Any]:
    from django.db import transaction
    from tests import world as making
    from tests.answers import fitting

    from tinhso.kernel.testing.people import PASSWORD
    from tinhso.modules.procedures import door

    with transaction.atomic():
        world = making.build()
        if "dossiers" in wanted:
            making.populate(world)
            from tests.access import asking

            pages = asking.pages(world)
        told: dict[str, Any] = {
            "password": PASSWORD,
            "commune": world.province.commune.code,
            "dossiers": {state: dossier.case.number for state, dossier in world.dossiers.items()},
            "pages": pages if "dossiers" in wanted else [],
            "draft": str(world.draft.token) if world.draft else "",
        }
        sheet = door.published(PLAIN, making.AT.date())
        told["procedure"] = PLAIN
        told["answers"] = fitting(door.form_for(sheet), world.province.commune.code)
        if "keys" in wanted:
            told["keys"] = {name: key_of(world.account(name)) for name in ("lan", "minh", *world.officials)}
    return told


def key_of(account: Any) -> str:
    """A key of the person's own that may read and write."""
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
