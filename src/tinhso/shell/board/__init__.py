"""The leader's page: what is late, where, how late."""
