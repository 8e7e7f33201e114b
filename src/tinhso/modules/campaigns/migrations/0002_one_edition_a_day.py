from django.db import migrations

from tinhso.kernel.versions.models import refuse_overlap


class Migration(migrations.Migration):
    dependencies = [("campaigns", "0001_initial")]
    operations = [refuse_overlap("campaigns_campaignrules", "campaign_id")]
