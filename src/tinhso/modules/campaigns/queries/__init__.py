"""Reads: lists, the leaderboard, what a campaign is frozen from, its papers."""
