from django.db import migrations

from tinhso.kernel.versions.models import refuse_overlap


class Migration(migrations.Migration):
    dependencies = [("procedures", "0001_initial")]
    operations = [refuse_overlap("procedures_procedureversion", "procedure_id")]
