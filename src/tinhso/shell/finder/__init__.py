"""One search over everything the modules can find."""
