"""Roles that ended before they began gave nobody anything; the next step forbids them."""

from typing import Any

from django.db import migrations
from django.db.models import F


def throw_away(apps: Any, schema_editor: Any) -> None:
    apps.get_model("people", "Grant").objects.filter(ends_on__lt=F("begins_on")).delete()


class Migration(migrations.Migration):
    dependencies = [("people", "0003_sessions_version")]
    operations = [migrations.RunPython(throw_away, migrations.RunPython.noop)]
