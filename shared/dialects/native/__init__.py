"""The service's own API, made for AI agents."""
