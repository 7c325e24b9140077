"""Use cases of accounts and API keys."""
