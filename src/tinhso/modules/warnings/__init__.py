"""Warnings: what everybody in a place must know now, and only as long as it holds."""
