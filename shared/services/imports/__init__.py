"""Use cases of file imports."""
