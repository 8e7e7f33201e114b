"""Reads of the figures: what is asked, the figures themselves, the dossiers behind them, what pages show around."""
