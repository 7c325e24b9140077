"""Klen AI's contacts and context-variables API."""
