"""Lists of facts come newest first, of several names at once: an index in that order, in place of one by name."""

from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("facts", "0005_indexes")]

    operations = [
        migrations.RunSQL("set statement_timeout = 0", migrations.RunSQL.noop),
        AddIndexConcurrently("fact", models.Index(fields=["-on", "-id", "name"], name="fact_newest")),
        RemoveIndexConcurrently("fact", "fact_by_day"),
        migrations.RunSQL("reset statement_timeout", migrations.RunSQL.noop),
    ]
