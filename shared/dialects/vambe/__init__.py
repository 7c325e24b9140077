"""Vambe's API of contacts, tags and tickets."""
