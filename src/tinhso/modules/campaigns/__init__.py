"""Emulation campaigns: units compete on a measure, everybody sees how, and can compute it again."""
