from django.db import migrations

from tinhso.kernel.versions.models import refuse_overlap


class Migration(migrations.Migration):
    dependencies = [("scorecards", "0001_initial")]
    operations = [refuse_overlap("scorecards_criteriaedition", "criteria_set_id")]
