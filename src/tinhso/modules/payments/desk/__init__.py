"""Pages for the cashier, the accountant and who keeps the tariffs."""
