"""What the tests of the whole need of plans, campaigns and initiatives."""
