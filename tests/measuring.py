"""``python -m tests.measuring``: the small world gets the province's targets and one dossier that is late.

The targets are the demonstration's, those of ``published-figures.yaml``. Prints the late dossier's number.
"""

from __future__ import annotations

from datetime import timedelta


def main() -> str:
    from django.utils import timezone

    from tinhso.kernel.cases.models import Case
    from tinhso.kernel.people.rules import SYSTEM
    from tinhso.modules.indicators.demo import demo, demo_end
    from tinhso.modules.service_quality import actions as service_quality

    at = timezone.now()
    demo(at=at)
    late = Case.objects.filter(kind="dossier", state="processing").order_by("pk")[0]
    Case.objects.filter(pk=late.pk).update(due_at=at - timedelta(days=3))
    service_quality.refresh(at=at, by=SYSTEM)
    demo_end(at=at)
    return str(late.number)


if __name__ == "__main__":
    import os

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tinhso.config.settings")
    import django

    django.setup()
    print(main())
