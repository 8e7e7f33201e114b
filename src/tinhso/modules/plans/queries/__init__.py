"""Reads: plans and their sheets, a unit's own work and the leader's view, measures for other modules."""
