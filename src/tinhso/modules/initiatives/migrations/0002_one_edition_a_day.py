from django.db import migrations

from tinhso.kernel.versions.models import refuse_overlap


class Migration(migrations.Migration):
    dependencies = [("initiatives", "0001_initial")]
    operations = [refuse_overlap("initiatives_regulationedition", "regulation_id")]
