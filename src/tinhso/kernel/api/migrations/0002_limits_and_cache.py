"""Two unlogged tables: counts and one-time codes may be lost in a crash, and writing them costs no journal."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("api", "0001_initial")]

    operations = [
        migrations.RunSQL(
            """
            create unlogged table api_limit (
                key bytea primary key,
                forgiven_at timestamptz not null
            );
            create index api_limit_forgiven on api_limit (forgiven_at);
            create unlogged table api_cache (
                cache_key varchar(255) primary key,
                value text not null,
                expires timestamptz not null
            );
            create index api_cache_expires on api_cache (expires);
            """,
            "drop table api_limit; drop table api_cache;",
        )
    ]
