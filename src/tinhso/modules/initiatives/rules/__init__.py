"""The life of an initiative, how a council judges, and what is alike. Pure."""
