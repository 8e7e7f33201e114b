"""Writes: definitions, targets, figures, notes, and closing periods."""
