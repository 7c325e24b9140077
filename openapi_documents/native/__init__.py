"""What the service's own API is, in the words of OpenAPI."""
