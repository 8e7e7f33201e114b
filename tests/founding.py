"""``python -m tests.founding FOLDER``: the home that all runs of ``make test`` begin with, made once."""

from __future__ import annotations

import sys
from pathlib import Path

from tests.running import found

if __name__ == "__main__":
    found(Path(sys.argv[1]))
