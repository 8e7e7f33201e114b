"""Indicators: definitions, targets, values and verdicts."""
