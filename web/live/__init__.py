"""The live page: a snapshot on every connect, then numbered deltas."""
