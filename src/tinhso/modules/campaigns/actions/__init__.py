"""All writes: campaigns with their rules and places, awards and decisions."""
