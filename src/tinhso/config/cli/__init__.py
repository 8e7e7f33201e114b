"""The command ``tinhso``: one small file per command."""

from __future__ import annotations

import os

import click

from tinhso.config.cli.backup import archive, backup, backup_key, restore
from tinhso.config.cli.demo import demo
from tinhso.config.cli.doctor import doctor
from tinhso.config.cli.importing import import_rows
from tinhso.config.cli.init import init
from tinhso.config.cli.manage import manage
from tinhso.config.cli.modules import WithModules
from tinhso.config.cli.reorganise import reorganise
from tinhso.config.cli.up import prepare, up


@click.group(cls=WithModules, context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """Tỉnh Số: start, prepare and examine a deployment."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tinhso.config.settings")


for command in (up, prepare, init, demo, doctor, import_rows, manage, backup, backup_key, archive, restore, reorganise):
    main.add_command(command)
