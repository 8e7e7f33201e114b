from django.db import migrations

from tinhso.kernel.versions.models import refuse_overlap


class Migration(migrations.Migration):
    dependencies = [("plans", "0001_initial")]
    operations = [refuse_overlap("plans_planedition", "plan_id")]
