"""Addresses of the module: ``portal`` for the public, ``desk`` for officials."""

from tinhso.modules.field_reports.desk import routes as desk
from tinhso.modules.field_reports.portal import routes as portal

app_name = "field_reports"

__all__ = ["app_name", "desk", "portal"]
