"""What ChatCaptain's API is, in the words of OpenAPI."""
