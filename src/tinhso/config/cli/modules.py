"""``tinhso <group> <command>``: commands that modules declare in their manifest."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

import click

from tinhso.config.cli import ready

if TYPE_CHECKING:
    from tinhso.kernel.manifest import Command


class WithModules(click.Group):
    """The platform's own commands, and after them those of modules; Django is loaded only when none of its own fits."""

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        return super().get_command(ctx, cmd_name) or _group(cmd_name)

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted({*super().list_commands(ctx), *(one.group for one in _declared())})


def _declared() -> list[Command]:
    ready.django()
    from tinhso.kernel.manifest import registry

    return list(registry.commands.values())


def _group(name: str) -> click.Group | None:
    own = [one for one in _declared() if one.group == name]
    if not own:
        return None
    titles = "; ".join(one.title for one in own)
    return click.Group(name, commands={one.name: _command(one) for one in own}, help=titles)


def _command(declared: Command) -> click.Command:
    from tinhso.kernel.errors import Refusal

    def run(arguments: tuple[str, ...]) -> None:
        needed = contextlib.nullcontext() if declared.is_offline(arguments) else ready.database()
        with needed:
            try:
                for line in declared.run(arguments):
                    click.echo(line)
            except Refusal as refusal:
                raise click.ClickException(refusal.message) from None

    given = click.Argument(["arguments"], nargs=-1)
    return click.Command(declared.name, callback=run, params=[given], help=declared.title)
