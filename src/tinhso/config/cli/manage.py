"""``tinhso manage …``: Django's own commands."""

from __future__ import annotations

import click

from tinhso.config.cli import ready


@click.command(context_settings={"ignore_unknown_options": True, "help_option_names": []})
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def manage(arguments: tuple[str, ...]) -> None:
    """Run one of Django's commands, with the database running."""
    from django.core.management import execute_from_command_line

    with ready.database():
        if arguments[:1] == ("migrate",):
            ready.be_patient()
        execute_from_command_line(["tinhso manage", *arguments])
