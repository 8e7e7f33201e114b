"""Banks and gateways, by code. A new one is a file beside ``demo.py`` and a line in ``ADAPTERS``."""

from __future__ import annotations

from tinhso.modules.payments.rules.adapters.base import Bank, Told
from tinhso.modules.payments.rules.adapters.demo import DemoBank

ADAPTERS: dict[str, Bank] = {one.code: one for one in (DemoBank(),)}

__all__ = ["ADAPTERS", "Bank", "Told"]
