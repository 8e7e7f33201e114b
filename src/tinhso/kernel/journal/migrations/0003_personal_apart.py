from django.db import migrations, models

SAME = "(%(row)s.id, %(row)s.case_id, %(row)s.subject, %(row)s.seq, %(row)s.verb, %(row)s.at, %(row)s.actor_id, %(row)s.unit_id, %(row)s.data, %(row)s.hash)"
ERASE_ONLY = f"""
create or replace function journal_entry_is_forever() returns trigger language plpgsql as $$
begin
    if tg_op = 'UPDATE' then
        if old.erased_by = '' and new.erased_by <> '' and new.personal is null and new.salt is null
            and new.actor_name in (old.actor_name, 'Đã ẩn danh')
            and {SAME % {"row": "new"}} is not distinct from {SAME % {"row": "old"}}
        then
            return new;
        end if;
    end if;
    raise exception 'journal entries are never changed or deleted';
end $$;
"""
FOREVER = """
create or replace function journal_entry_is_forever() returns trigger language plpgsql as $$
begin
    raise exception 'journal entries are never changed or deleted';
end $$;
"""


class Migration(migrations.Migration):
    dependencies = [("journal", "0002_append_only")]
    operations = [
        migrations.AddField(
            model_name="entry",
            name="personal",
            field=models.JSONField(
                help_text="the personal part of what it says, until its time is over", null=True
            ),
        ),
        migrations.AddField(
            model_name="entry", name="salt", field=models.BinaryField(max_length=16, null=True)
        ),
        migrations.AddField(
            model_name="entry",
            name="erased_by",
            field=models.CharField(blank=True, db_default="", default="", max_length=60),
        ),
        migrations.RunSQL(ERASE_ONLY, FOREVER),
    ]
