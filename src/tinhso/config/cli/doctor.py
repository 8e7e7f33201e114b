"""``tinhso doctor``: looks at a deployment and says what to do next."""

from __future__ import annotations

import click

from tinhso.config.cli import ready

_SIGNS = {"ok": ("✓", "green"), "warn": ("!", "yellow"), "bad": ("✗", "red")}


@click.command()
@click.option("--figures", "only_figures", is_flag=True, help="Print what the database holds, in numbers.")
def doctor(only_figures: bool) -> None:
    """Examine database, worker, mail, disk, clock, certificates, journal and files. Exit code 1: something is bad."""
    if only_figures:
        return _figures()
    ready.django()
    from tinhso.config.cli.checks import examine

    worst = "ok"
    for finding in examine():
        sign, colour = _SIGNS[finding.level]
        click.echo(f"{click.style(sign, fg=colour, bold=True)} {finding.what}")
        if finding.next_step:
            click.echo(f"    → {finding.next_step}")
        worst = "bad" if "bad" in (worst, finding.level) else finding.level if worst == "ok" else worst
    ready.close_connections()
    raise SystemExit(1 if worst == "bad" else 0)


def _figures() -> None:
    """The same lines before a backup and after its restoration."""
    from tinhso.config.backup import figures as counting

    with ready.database():
        found = counting.figures()
    for line in counting.lines(found):
        click.echo(line)
    click.echo(f"fingerprint\t{counting.fingerprint(found)}")
