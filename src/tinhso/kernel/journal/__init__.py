"""The append-only, chained history, and who follows which entry."""
