"""Whole đồng, and how they are written."""
