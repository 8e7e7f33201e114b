"""What changed since a moment in order of change, and one's own cases with a fixed order: read from an index alone."""

from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("cases", "0002_case_late")]

    operations = [
        migrations.RunSQL("set statement_timeout = 0", migrations.RunSQL.noop),
        AddIndexConcurrently("case", models.Index(fields=["updated_at", "id"], name="case_changed")),
        AddIndexConcurrently(
            "case",
            models.Index(fields=["owner", "-opened_at", "-id"], name="case_own", condition=Q(owner__isnull=False)),
        ),
        RemoveIndexConcurrently("case", "case_mine"),
        migrations.RunSQL("reset statement_timeout", migrations.RunSQL.noop),
    ]
