"""Indexes on tables that may be large: built beside the running program, without a lock on writing."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("facts", "0004_fill_month_figures")]

    operations = [
        migrations.RunSQL("set statement_timeout = 0", migrations.RunSQL.noop),
        AddIndexConcurrently("fact", models.Index(fields=["case", "name"], name="fact_of_case")),
        AddIndexConcurrently(
            "standing",
            models.Index(
                fields=["unit", "phase"], name="standing_now", condition=Q(phase__in=[1, 2, 3]) & ~Q(number=0)
            ),
        ),
        migrations.RunSQL("reset statement_timeout", migrations.RunSQL.noop),
    ]
