"""``tinhso backup``, ``tinhso backup-key``, ``tinhso archive`` and ``tinhso restore``."""

from __future__ import annotations

import os
import signal
import threading
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

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
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@click.option("--once", is_flag=True, help="Bring FOLDER up to date and end.")
@click.option("--check", "only_check", is_flag=True, help="Check FOLDER, with --key also its content.")
@click.option("--key", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="Secret key, for --check.")
@click.option("--base-every", default=7, show_default=True, help="Days between base backups.")
@click.option("--keep", default=35, show_default=True, help="Days one can go back.")
@click.option("--seconds", default=60.0, show_default=True, help="How far FOLDER may be behind.")
def archive(
    folder: Path, once: bool, only_check: bool, key: Path | None, base_every: int, keep: int, seconds: float
) -> None:
    """Keep in FOLDER all that is ever written, encrypted, so that any moment can be restored."""
    from tinhso.config.backup.archiving import Archive
    from tinhso.config.backup.rewinding import verify
    from tinhso.config.backup.sealed import BackupError
    from tinhso.config.environment import env

    try:
        if only_check:
            way = verify(folder.resolve(), None, key)
            click.echo(f"Whole: from {way.base.ended_at.isoformat()} to {way.reached_at.isoformat()}")
            return
        with ready.database():
            kept = Archive(folder.resolve(), env.backup_recipients, env.home.resolve() / "incoming-log", say=_say)
            if once:
                click.echo(f"Reaches to {kept.once(timedelta(days=base_every)).isoformat()}")
            else:
                kept.keep(timedelta(days=base_every), timedelta(days=keep), seconds, _asked_to_stop())
    except BackupError as problem:
        raise click.ClickException(str(problem)) from None


def _asked_to_stop() -> threading.Event:
    stop = threading.Event()
    for each in (signal.SIGINT, signal.SIGTERM):
        signal.signal(each, lambda *_: stop.set())
    return stop


@click.command()
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--key", type=click.Path(exists=True, dir_okay=False, path_type=Path), required=True, help="Secret key.")
@click.option("--replace", is_flag=True, help="Keep a database that is not empty aside and take its place.")
@click.option("--rehearse", is_flag=True, help="Do all of it but the last step; nothing changes.")
@click.option("--until", help="FOLDER is an archive: as of this moment (2026-11-22T13:00:00+07:00), or “latest”.")
@click.option("--data", type=click.Path(file_okay=False, path_type=Path), help="With --until: only fill this folder.")
def restore(folder: Path, key: Path, replace: bool, rehearse: bool, until: str | None, data: Path | None) -> None:
    """Restore the backup in FOLDER after checking all of it."""
    from tinhso.config.backup.restoring import rehearse as try_out
    from tinhso.config.backup.restoring import restore as bring_back
    from tinhso.config.backup.sealed import BackupError

    try:
        if until is not None:
            said = _rewind(folder.resolve(), key, _moment(until), data, replace=replace)
        else:
            with ready.database():
                if rehearse:
                    said = f"Can be restored, in {try_out(folder, key, say=_say):.0f} s; nothing was changed."
                else:
                    former = bring_back(folder, key, replace=replace, say=_say)
                    said = "Restored; the figures are those of the backup." + _aside(former)
    except BackupError as problem:
        raise click.ClickException(str(problem)) from None
    click.echo(said)


def _aside(former: str) -> str:
    return f" Former database: {former}" if former else ""


def _moment(text: str) -> datetime | None:
    """A moment with or without its offset; without it is Vietnam's time."""
    if text == "latest":
        return None
    try:
        said = datetime.fromisoformat(text)
    except ValueError:
        raise click.BadParameter(f"{text} is no moment; write it like 2026-11-22T13:00:00+07:00") from None
    return said if said.tzinfo else said.replace(tzinfo=ZoneInfo("Asia/Ho_Chi_Minh"))


def _rewind(folder: Path, key: Path, until: datetime | None, data: Path | None, *, replace: bool) -> str:
    """To a moment: the embedded server altogether, another server's data folder ready to be started."""
    from tinhso.config.backup.rewinding import rewind, unpack
    from tinhso.config.cli.up import only_one
    from tinhso.config.environment import env

    ready.django()
    if data is not None:
        way = unpack(folder, key, data.resolve(), until, say=_say)
        version = way.base.postgresql // 10000
        return f"{data} is ready: give it to PostgreSQL {version}'s user and start it; it replays by itself."
    if env.database_url:
        raise click.ClickException("DATABASE_URL names a server of its own. Fill a data folder for it with --data.")
    home = env.home.resolve()
    with only_one(home):
        former = rewind(home, folder, key, until, replace=replace, say=_say)
    return "Restored; journal and files are whole." + _aside(former)


def _say(words: str) -> None:
    click.echo(words, err=True)
