"""What the one-stop shops received, resolved and still hold, for everybody."""
