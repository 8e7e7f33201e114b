"""Reads of dossiers that are more than a queryset."""
