"""Addresses of the module: ``portal`` for the public, ``desk`` for officials."""

from tinhso.modules.dossiers.desk import routes as desk
from tinhso.modules.dossiers.portal import routes as portal

app_name = "dossiers"

__all__ = ["app_name", "desk", "portal"]
