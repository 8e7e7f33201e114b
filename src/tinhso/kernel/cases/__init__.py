"""Case rows, lifecycles, assignment, inbox and numbers."""
