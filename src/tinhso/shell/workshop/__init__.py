"""Administration: units, officials, calendars, history."""
