"""Working calendars, statutory time, due dates that can explain themselves."""
