"""Addresses of the module."""

from tinhso.modules.questions.desk import routes as desk
from tinhso.modules.questions.portal import routes as portal

app_name = "questions"
__all__ = ["app_name", "desk", "portal"]
