"""The nouns that every module shares. The kernel knows nobody above it."""
