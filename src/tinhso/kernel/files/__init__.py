"""Content-addressed files: sniffed, limited, kept once."""
