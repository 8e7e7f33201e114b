"""What people are told, where, and whether it arrived."""
