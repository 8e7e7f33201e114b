"""Plans and resolutions: what was decided, which units issued their own, which tasks and targets follow."""
