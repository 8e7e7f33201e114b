"""What is asked of the vault, by subject."""
