"""Validation shared by all dialects: pure functions without I/O."""
