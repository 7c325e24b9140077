"""Use cases of contacts, conversations and tags."""
