"""Addresses for operators and for people: where deliveries come in, linking, and the Mini App."""
