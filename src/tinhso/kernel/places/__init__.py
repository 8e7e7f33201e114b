"""Addresses and points, found under old and new names."""
