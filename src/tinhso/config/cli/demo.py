"""``tinhso demo``: fills the database with a demonstration, the same for the same seed."""

from __future__ import annotations

import click
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

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
    """Found the demonstration province if there is none, then let each module load its own part, in their order."""
    from tinhso.config.cli.init import found
    from tinhso.config.environment import env
    from tinhso.kernel.manifest import registry

    if ready.is_empty():
        found(env.province or DEMONSTRATION_PROVINCE)
    parts = [(module.name, module.demo) for module in registry.modules.values() if module.demo is not None]
    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.completed}/{task.total}"))
    with Progress(*columns, TimeElapsedColumn()) as progress:
        task = progress.add_task("", total=len(parts))
        for name, fill in parts:
            progress.update(task, description=name)
            fill(scale=scale, seed=seed)
            progress.advance(task)
