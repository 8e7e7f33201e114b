"""The vault: papers of people and businesses, kept once and used again; digitisation; certified e-copies."""
