"""Reports that were there before sums were kept are counted; where there are none, nothing is done."""

from django.db import migrations


def count(apps, schema_editor):
    if apps.get_model("field_reports", "Report").objects.exists():
        from tinhso.modules.field_reports.actions.counting import rebuild

        rebuild()


class Migration(migrations.Migration):
    dependencies = [("field_reports", "0004_kept_figures")]
    operations = [migrations.RunPython(count, migrations.RunPython.noop)]
