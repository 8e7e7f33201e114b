"""Pages for who keeps the lines: how each fares, connecting one, its templates, and what was said on it."""
