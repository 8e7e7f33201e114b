"""``tinhso demo``: fills the database with a demonstration, the same for the same seed."""

from __future__ import annotations

import click
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from tinhso.config.cli import ready

SCALES = ("small", "province")
DEMONSTRATION_PROVINCE = "H53"


@click.command()
@click.option("--scale", type=click.Choice(SCALES), default="small", show_default=True)
@click.option("--seed", default=1, show_default=True, help="The same seed gives the same demonstration.")
def demo(scale: str, seed: int) -> None:
    """Load demonstration data: people, dossiers and figures that are marked as such."""
    from django.core.management import call_command

    with ready.database():
        from tinhso.config.environment import env

        if env.production:
            raise click.ClickException("A production deployment takes no demonstration data.")
        call_command("migrate", verbosity=0, interactive=False)
        load(scale, seed)


def load(scale: str, seed: int) -> None:
    """Found the demonstration province if there is none, fill it, and let each module add its own part after that."""
    from tinhso.config.cli import demonstration
    from tinhso.config.cli.init import found
    from tinhso.config.environment import env
    from tinhso.kernel.manifest import registry
    from tinhso.kernel.people import queries as people

    if ready.is_empty():
        found(env.province or DEMONSTRATION_PROVINCE)
    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.completed}/{task.total}"))
    with Progress(*columns, TimeElapsedColumn()) as progress:
        tasks: dict[str, TaskID] = {}

        def show(what: str, done: int, total: int) -> None:
            if what not in tasks:
                tasks[what] = progress.add_task(what, total=total)
            progress.update(tasks[what], completed=done)

        made = demonstration.load(scale, seed, progress=show)
        for name, fill in [(one.name, one.demo) for one in registry.modules.values() if one.demo is not None]:
            show(name, 0, 1)
            people.forget()  # demonstrations give roles as they go
            fill(scale=scale, seed=seed)
            show(name, 1, 1)
        for end in [one.demo_end for one in registry.modules.values() if one.demo_end is not None]:
            end()
    if made:
        click.echo(
            f"{made:,} dossiers. Every account signs in with “{demonstration.PASSWORD}”, e.g. dan.lan, chuyenvien."
        )
    else:
        click.echo("The demonstration was loaded before. Nothing was changed.")
