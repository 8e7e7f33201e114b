"""Writes: templates, periods, sheets."""
