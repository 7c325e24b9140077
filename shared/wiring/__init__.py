"""The composition root: chooses the adapters of each kind of function."""
