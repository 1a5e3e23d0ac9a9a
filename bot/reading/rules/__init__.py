"""Structural rules: one file per family; `engine` runs them over one message."""
