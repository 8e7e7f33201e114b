"""Renew ``released.json``: the present commit and its migrations are what the next version must serve."""

from __future__ import annotations

import json
import os
import subprocess

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tinhso.config.settings")

import django

django.setup()

from django.db.migrations.loader import MigrationLoader  # noqa: E402
from tests.upgrade.released import FILE, ROOT, ours  # noqa: E402

commit = subprocess.run(
    ["git", "-C", str(ROOT), "rev-parse", "HEAD"], capture_output=True, text=True, check=True
).stdout
names = sorted(ours(MigrationLoader(None, ignore_no_migrations=True)))
FILE.write_text(json.dumps({"commit": commit.strip(), "migrations": names, "retired": []}, indent=1) + "\n")
print(f"{len(names)} migrations of {commit[:12]}")
