"""Finds what has no place in the project's files: hosts of package registries and paths of somebody's machine."""

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
ANYWHERE = re.compile(
    "|".join(
        (
            r"registry\.npmjs\.",
            r"npmmirror\.",
            r"pypi\.(org|python)",
            r"pythonhosted\.",
            r"""(^|[\s"'=(])/(work|root|home|farm|Users)/\w""",
        )
    )
)
IN_LOCK_FILES = re.compile(r"https?://|index-url|\"resolved\"")
LOCK_FILE = re.compile(r"(requirements/.*\.txt|package-lock\.json|\.npmrc|pip\.conf)$")


def findings() -> list[str]:
    """``file:line: text`` for each finding in a file that the repository keeps."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout.decode()
    found = []
    for name in filter(None, listed.split("\0")):
        if ROOT / name == Path(__file__).resolve() or not (ROOT / name).is_file():
            continue
        try:
            lines = (ROOT / name).read_text(encoding="utf-8").splitlines()
        except UnicodeDecodeError:
            continue
        for number, line in enumerate(lines, 1):
            if ANYWHERE.search(line) or (LOCK_FILE.search(name) and IN_LOCK_FILES.search(line)):
                found.append(f"{name}:{number}: {line.strip()[:120]}")
    return found


if __name__ == "__main__":
    found = findings()
    print("\n".join(found))
    sys.exit(1 if found else 0)
