"""Reports are counted by 0007, which knows all columns of the sums."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("field_reports", "0004_kept_figures")]
    operations = []
