"""Dossiers and the one-stop shop."""
