"""Fees of dossiers: what is due, how it is paid, which money came, and the receipt for it."""
