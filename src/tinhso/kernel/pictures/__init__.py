"""Photos that people send: opened without harm, read for place and time, made fit to be shown to everybody."""
