from django.db import migrations

REFUSE = """
create function journal_entry_is_forever() returns trigger language plpgsql as $$
begin
    raise exception 'journal entries are never changed or deleted';
end $$;
create trigger journal_entry_is_forever before update or delete on journal_entry
    for each row execute function journal_entry_is_forever();
"""
ALLOW = """
drop trigger journal_entry_is_forever on journal_entry;
drop function journal_entry_is_forever();
"""


class Migration(migrations.Migration):
    dependencies = [("journal", "0001_initial")]
    operations = [migrations.RunSQL(REFUSE, ALLOW)]
