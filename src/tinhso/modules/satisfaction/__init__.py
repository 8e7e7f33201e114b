"""How people and businesses rate the service they got."""
