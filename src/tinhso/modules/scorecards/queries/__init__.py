"""Reads: editions, measures, cards and rounds, rankings, signs, differences since closing."""
