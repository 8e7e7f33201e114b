import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("people", "0005_grant_ends_after_it_begins"),
        ("units", "0002_unit_national_id_confirmed"),
    ]

    operations = [
        migrations.CreateModel(
            name="ActiveMonth",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("month", models.DateField(help_text="its first day")),
                ("number", models.PositiveIntegerField()),
                (
                    "commune",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="units.unit",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("month", "commune"), name="active_month_once", nulls_distinct=False)
                ],
            },
        ),
    ]
