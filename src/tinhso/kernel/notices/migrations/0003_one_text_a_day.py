from django.db import migrations

from tinhso.kernel.versions.models import refuse_overlap


class Migration(migrations.Migration):
    dependencies = [("notices", "0002_channels_and_words")]
    operations = [refuse_overlap("notices_templateversion", "template_id")]
