"""``python -m tests.bad_days.renaming <code> <name>``: another process gives a unit another name."""

from __future__ import annotations

import os
import sys


def main(code: str, name: str) -> None:
    from tinhso.kernel.people.rules import SYSTEM
    from tinhso.kernel.units.actions import changes
    from tinhso.kernel.units.models import Unit

    changes.rename(unit_id=Unit.objects.get(code=code).pk, name=name, short_name=name, by=SYSTEM)


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tinhso.config.settings")
    import django

    django.setup()
    main(*sys.argv[1:])
