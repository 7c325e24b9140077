"""Use cases of definitions and values."""
