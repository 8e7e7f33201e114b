"""Printed papers: typeset, signed, verifiable."""
