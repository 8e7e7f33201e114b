"""Those that are late the longest come first on a board: found by their due date, however many are late."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("cases", "0001_initial")]

    operations = [
        migrations.RunSQL("set statement_timeout = 0", migrations.RunSQL.noop),
        AddIndexConcurrently(
            "case", models.Index(fields=["due_at", "id"], name="case_late", condition=models.Q(phase=1))
        ),
        migrations.RunSQL("reset statement_timeout", migrations.RunSQL.noop),
    ]
