"""The official's worklist over all kinds of case."""
