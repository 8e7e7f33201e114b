from django.db import migrations

from tinhso.kernel.versions.models import refuse_overlap


class Migration(migrations.Migration):
    dependencies = [("reporting", "0001_initial")]
    operations = [refuse_overlap("reporting_reportversion", "template_id")]
