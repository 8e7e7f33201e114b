"""Accounts, citizens, businesses, officials' positions and roles; the Actor."""
