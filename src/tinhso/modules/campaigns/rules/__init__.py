"""Words of campaigns, how units are placed, and the bundle from which anybody computes the places again."""
