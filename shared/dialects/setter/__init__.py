"""Setter AI's contacts API."""
