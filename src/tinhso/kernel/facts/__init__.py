"""Figures: rows projected from the journal."""
