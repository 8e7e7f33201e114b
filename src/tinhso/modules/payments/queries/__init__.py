"""Reads of the module: what holds, what is owed, what came."""
