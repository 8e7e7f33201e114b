"""Reports that were there before: those late after others had held them are judged by their unit's own time as well, and
all are counted that were not. Where there are none, nothing is done."""

from django.db import migrations


def count(apps, schema_editor):
    if not apps.get_model("field_reports", "Report").objects.exists():
        return
    from tinhso.modules.field_reports.actions import counting, turns

    judged = turns.judge_again()
    if apps.get_model("field_reports", "ReportFigure").objects.exists():
        counting.recount(judged)
    else:
        counting.rebuild()


class Migration(migrations.Migration):
    dependencies = [("field_reports", "0006_own_time")]
    operations = [migrations.RunPython(count, migrations.RunPython.noop)]
