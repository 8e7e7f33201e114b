"""Following a case without an account: no names, no list, no guessing."""
