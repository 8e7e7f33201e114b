"""Reads: the list in force, places and units, what is public, what pages show."""
