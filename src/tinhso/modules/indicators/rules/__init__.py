"""What an indicator is, how its value, target and verdict come about: pure."""
