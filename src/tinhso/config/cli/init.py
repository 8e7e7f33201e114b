"""``tinhso init``: founds a province in an empty database."""

from __future__ import annotations

import click

from tinhso.config.cli import ready


@click.command()
@click.option("--province", "province", required=True, help="National identifier (H53), slug or name.")
def init(province: str) -> None:
    """Bring the database up to date and found a province with its communes."""
    from django.core.management import call_command

    with ready.database():
        call_command("migrate", verbosity=0, interactive=False)
        if not ready.is_empty():
            raise click.ClickException("This database already has a province. Nothing was changed.")
        found(province)


def found(province: str) -> None:
    """Found the province and say how large it became."""
    from tinhso.kernel.errors import Refusal
    from tinhso.kernel.units import actions
    from tinhso.kernel.units.models import Unit

    try:
        root = actions.found_province(province)
    except Refusal as refusal:
        raise click.ClickException(refusal.message) from None
    click.echo(f"{root}: {Unit.objects.count():,} units.")
