"""Keys, idempotency, problem details."""
