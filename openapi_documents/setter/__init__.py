"""What Setter AI's API is, in the words of OpenAPI."""
