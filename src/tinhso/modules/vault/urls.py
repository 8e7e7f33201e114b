"""Addresses of the module: ``portal`` for the public, ``desk`` for officials."""

from tinhso.modules.vault.desk import routes as desk
from tinhso.modules.vault.portal import routes as portal

app_name = "vault"

__all__ = ["app_name", "desk", "portal"]
