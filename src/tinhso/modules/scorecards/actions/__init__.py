"""All writes: editions and rounds, a unit's cells and evidence, review, appeals, closing, tables of others."""
