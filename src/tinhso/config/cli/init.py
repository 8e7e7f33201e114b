"""``tinhso init``: founds a province in an empty database."""

from __future__ import annotations

import re
import unicodedata

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
    from tinhso.kernel.people.rules import SYSTEM
    from tinhso.kernel.units import actions
    from tinhso.kernel.units.models import Unit

    try:
        root = actions.found_province(identifier(province), by=SYSTEM)
    except Refusal as refusal:
        raise click.ClickException(refusal.message) from None
    click.echo(f"{root}: {Unit.objects.count():,} units.")


def slug(name: str) -> str:
    """``tay-ninh`` for “Tỉnh Tây Ninh”, “Tây Ninh”, “tây ninh” and “tay-ninh”."""
    plain = unicodedata.normalize("NFD", name.replace("Đ", "D").replace("đ", "d"))
    words = re.findall(r"[a-z0-9]+", "".join(c for c in plain if not unicodedata.combining(c)).lower())
    return re.sub(r"^(tinh|thanh-pho|tp)-", "", "-".join(words))


def identifier(text: str) -> str:
    """The national identifier of the province meant; what is not recognised is given back as it is."""
    from tinhso.kernel.units import seeds

    wanted = slug(text)
    return next((one.agency for one in seeds.provinces() if wanted == slug(one.name)), text.strip().upper())
