"""Acting for somebody else: a parent, a child, a company; with proof, an end, and the other side's say."""
