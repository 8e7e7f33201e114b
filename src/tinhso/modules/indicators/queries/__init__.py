"""Reads: definitions, values by period and by unit, boards, pages, what stands behind a number."""
