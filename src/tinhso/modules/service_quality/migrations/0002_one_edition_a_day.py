from django.db import migrations

from tinhso.kernel.versions.models import refuse_overlap


class Migration(migrations.Migration):
    dependencies = [("service_quality", "0001_initial")]
    operations = [refuse_overlap("service_quality_indexedition", "index_id")]
