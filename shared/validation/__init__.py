"""The validation layer all dialects share: pure functions, no I/O."""
