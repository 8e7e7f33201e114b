"""Reads: the schedule in force, what is due, what is held of a person."""
