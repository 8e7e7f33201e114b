"""Reorganisation of units: merge, split, abolish, move competence; one engine that every module subscribes to."""
