"""Reads that are more than a queryset: who answers what, the library, the state of questions, figures."""
