"""Reads of the index: editions, the catalogue as it asks about it, scores, and the dossiers behind a component."""
