"""The deployment's identity providers, read from its identity file: see ``docs/identity.md`` for what stands there."""

from __future__ import annotations

from pathlib import Path

import yaml

from tinhso.kernel.identity.rules import Provider, read_providers


def providers(file: Path | None, home: Path) -> tuple[Provider, ...]:
    """None when there is no file. A file that is named but missing or wrong stops the start, saying what is wrong."""
    path = file or home / "identity.yaml"
    if file is None and not path.exists():
        return ()
    try:
        return read_providers(_with_secrets(yaml.safe_load(path.read_text(encoding="utf-8")), path.parent))
    except (OSError, ValueError, yaml.YAMLError) as problem:
        raise SystemExit(f"{path}: {problem}") from None


def _with_secrets(content: object, folder: Path) -> object:
    """``client_secret_file`` names a file beside, so that the identity file itself can be shown around."""
    if isinstance(content, dict):
        for one in content.get("providers") or ():
            if isinstance(one, dict) and "client_secret_file" in one:
                one["client_secret"] = (folder / one.pop("client_secret_file")).read_text(encoding="utf-8").strip()
    return content
