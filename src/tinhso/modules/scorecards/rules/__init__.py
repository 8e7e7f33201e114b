"""The pure rules of criteria sets, scores, ranks and bundles: no framework, no database, no “now”."""
