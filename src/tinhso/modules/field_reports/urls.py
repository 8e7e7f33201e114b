"""Addresses of the module."""

from __future__ import annotations

from typing import Any

app_name = "field_reports"
portal: list[Any] = []
desk: list[Any] = []
