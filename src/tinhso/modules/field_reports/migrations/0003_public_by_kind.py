"""Public reports of a kind are listed and counted from an index alone."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("field_reports", "0002_one_edition_a_day")]
    operations = [
        migrations.RunSQL("set statement_timeout = 0", migrations.RunSQL.noop),
        AddIndexConcurrently(
            "report",
            models.Index(
                fields=["category", "-received_at", "-case"],
                name="field_report_public_kind",
                condition=Q(is_public=True),
            ),
        ),
        migrations.RunSQL("reset statement_timeout", migrations.RunSQL.noop),
    ]
