"""Reads: lists, what is alike, opinions, papers, what is held of a person."""
