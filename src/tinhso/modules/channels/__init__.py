"""Channels: the province is spoken to where people are already, and answers there."""
