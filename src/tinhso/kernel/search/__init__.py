"""Vietnamese search: folded marks, synonyms, typing mistakes."""
