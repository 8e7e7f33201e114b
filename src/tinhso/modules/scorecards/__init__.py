"""Scorecards: criteria sets, self-assessment, review, ranking, and scores that anybody can compute again."""
