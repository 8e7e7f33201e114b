"""Drafted, published, replaced: rules as data with legal source and dates."""
