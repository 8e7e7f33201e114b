"""``python -m tinhso.config.cli``: what ``bin/tinhso`` runs."""

from tinhso.config.cli import main

main(prog_name="tinhso")
