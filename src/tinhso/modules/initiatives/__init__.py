"""Initiatives of officials: proposed, appraised by a council, recognised, listed for everybody."""
