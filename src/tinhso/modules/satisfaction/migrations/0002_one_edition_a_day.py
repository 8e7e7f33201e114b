from django.db import migrations

from tinhso.kernel.versions.models import refuse_overlap


class Migration(migrations.Migration):
    dependencies = [("satisfaction", "0001_initial")]
    operations = [refuse_overlap("satisfaction_edition", "questionnaire_id")]
