"""The database engine: Django's own, with a look at a kept connection that costs no round trip."""
