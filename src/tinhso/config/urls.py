"""All addresses, gathered from the modules' and the shell's own lists."""

from __future__ import annotations

urlpatterns: list = []
