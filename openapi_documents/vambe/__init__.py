"""What Vambe's API is, in the words of OpenAPI."""
