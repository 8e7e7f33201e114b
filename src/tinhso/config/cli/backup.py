"""``tinhso backup``, ``tinhso backup-key`` and ``tinhso restore``."""

from __future__ import annotations

import os
from pathlib import Path

import click

from tinhso.config.cli import ready


@click.command("backup-key")
@click.argument("file", type=click.Path(exists=False, dir_okay=False, path_type=Path))
def backup_key(file: Path) -> None:
    """Make a key for backups: the secret half goes to FILE, the public half is printed."""
    import pyrage

    made = pyrage.x25519.Identity.generate()
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as target:
        target.write(f"# public key: {made.to_public()}\n{made}\n")
    click.echo(str(made.to_public()))
    click.echo(f"Keep {file} somewhere else: without it no backup can be read, with it everybody can.", err=True)


@click.command()
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@click.option("--check", "only_check", is_flag=True, help="FOLDER is a backup: check it, with --key also its content.")
@click.option("--key", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="Secret key, for --check.")
def backup(folder: Path, only_check: bool, key: Path | None) -> None:
    """Write an encrypted backup of database and files into a new folder below FOLDER."""
    from tinhso.config.backup.making import make
    from tinhso.config.backup.restoring import verify
    from tinhso.config.backup.sealed import BackupError
    from tinhso.config.environment import env

    try:
        if only_check:
            made = verify(folder, key)
            click.echo(f"Whole: {made['made_at']}, {made['files']:,} files, fingerprint {made['fingerprint'][:16]}")
            return
        with ready.database():
            click.echo(make(folder.resolve(), env.backup_recipients, say=_say))
    except BackupError as problem:
        raise click.ClickException(str(problem)) from None


@click.command()
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--key", type=click.Path(exists=True, dir_okay=False, path_type=Path), required=True, help="Secret key.")
@click.option("--replace", is_flag=True, help="Keep a database that is not empty aside and take its place.")
def restore(folder: Path, key: Path, replace: bool) -> None:
    """Restore the backup in FOLDER after checking all of it."""
    from tinhso.config.backup.restoring import restore as bring_back
    from tinhso.config.backup.sealed import BackupError

    try:
        with ready.database():
            former = bring_back(folder, key, replace=replace, say=_say)
    except BackupError as problem:
        raise click.ClickException(str(problem)) from None
    click.echo("Restored; the figures are those of the backup." + (f" Former database: {former}" if former else ""))


def _say(words: str) -> None:
    click.echo(words, err=True)
