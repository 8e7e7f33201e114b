from django.db import migrations

from tinhso.kernel.versions.models import refuse_overlap


class Migration(migrations.Migration):
    dependencies = [("field_reports", "0001_initial")]
    operations = [refuse_overlap("field_reports_categoryedition", "catalogue_id")]
