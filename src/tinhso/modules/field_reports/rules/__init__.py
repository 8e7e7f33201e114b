"""What a field report may become, its kinds and deadlines, its place, and what of it is public."""
