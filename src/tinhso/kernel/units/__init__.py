"""Organisation tree: units, their lifetimes and successors."""
