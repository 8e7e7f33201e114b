"""Officials' pages: rounds, a unit's card as grid and one by one, review, editions, papers."""
