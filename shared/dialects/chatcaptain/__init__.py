"""ChatCaptain's API of contacts and variables."""
