"""The link with the national portal of public services."""
