"""Matching of incoming keys and values with variable definitions."""
