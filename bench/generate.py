"""Fills the database named by ``DATABASE_URL`` with any number of dossiers, as the demonstration writes them.

    DATABASE_URL=postgresql://…/bench python bench/generate.py 10000        # or 100000, 1000000

The same seed gives the same dossiers. A database that already holds dossiers is left alone.
"""

from __future__ import annotations

import time

import click

from tinhso.config.cli import ready


@click.command()
@click.argument("number", type=click.IntRange(1, 5_000_000))
@click.option("--seed", default=1, show_default=True)
@click.option("--citizens", default=5_000, show_default=True, help="Accounts that file online.")
def generate(number: int, seed: int, citizens: int) -> None:
    """Write NUMBER dossiers of one year."""
    from django.core.management import call_command

    with ready.database():
        from django.db import transaction
        from django.utils import timezone

        from tinhso.config.cli import demonstration
        from tinhso.config.cli.init import found
        from tinhso.kernel.cases.models import Case

        call_command("migrate", verbosity=0, interactive=False)
        if Case.objects.exists():
            raise click.ClickException("This database already holds dossiers.")
        if ready.is_empty():
            found("H53")
        now = timezone.localtime().replace(second=0, microsecond=0)
        with transaction.atomic():
            cast = demonstration.prepare(seed, citizens, now=now)
            begin = time.perf_counter()
            demonstration.generate(number, seed, cast, now=now)
        took = time.perf_counter() - begin
        click.echo(f"{number:,} dossiers in {took:.1f} s: {number / took:,.0f} a second.")


if __name__ == "__main__":
    generate()
