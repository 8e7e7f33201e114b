"""All writes: the regulation and councils, proposing, appraising and recognising."""
