"""Pages for officials: plans, their writing, a unit's own work and the leader's view."""
