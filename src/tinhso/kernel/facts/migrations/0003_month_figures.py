import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('facts', '0002_initial'),
        ('units', '0002_unit_national_id_confirmed'),
    ]

    operations = [
        migrations.CreateModel(
            name='MonthFigure',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=60)),
                ('month', models.DateField(help_text='its first day')),
                ('verdict', models.CharField(blank=True, help_text='early, on_time, late; empty where nobody judges', max_length=12)),
                ('number', models.IntegerField()),
                ('unit', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='units.unit')),
            ],
            options={
                'indexes': [models.Index(fields=['month', 'name'], name='month_figure_of_all')],
                'constraints': [models.UniqueConstraint(fields=('unit', 'name', 'month', 'verdict'), name='month_figure_once', nulls_distinct=False)],
            },
        ),
    ]
