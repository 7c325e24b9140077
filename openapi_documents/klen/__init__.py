"""What Klen AI's API is, in the words of OpenAPI."""
