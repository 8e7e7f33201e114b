from django.db import migrations

from tinhso.kernel.versions.models import refuse_overlap


class Migration(migrations.Migration):
    dependencies = [("indicators", "0001_initial")]
    operations = [refuse_overlap("indicators_indicatorversion", "indicator_id")]
