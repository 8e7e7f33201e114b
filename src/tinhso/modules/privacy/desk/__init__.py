"""Pages for the officer who protects personal data and for who approves: keeping, breaches, handing over."""
