"""The public's home page."""
