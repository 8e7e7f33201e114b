"""Reading the lines: how they fare, what was said on them, and what they keep secret."""
