"""Pages of officials: the call screen, triage, handling, figures."""
