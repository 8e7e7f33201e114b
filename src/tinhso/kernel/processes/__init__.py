"""Dated steps that a case runs through."""
