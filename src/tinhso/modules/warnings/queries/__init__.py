"""Reading warnings: what holds now, for people and programs, and what the desk works on."""
