"""Proof packs: one file that shows an outsider what was said, whole and signed, and how to check that."""
