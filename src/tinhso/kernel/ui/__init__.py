"""Page frame, components and static files."""
