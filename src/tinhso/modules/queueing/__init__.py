"""The queue at the one-stop shop."""
