"""What decides: templates, formulas, checks, periods, sums; no database."""
