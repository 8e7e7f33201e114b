"""How the index is computed: periods, editions, inputs, points and ranks."""
