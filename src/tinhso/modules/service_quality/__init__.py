"""How well people and businesses are served: the index of Decision 766/QĐ-TTg, from the work itself."""
