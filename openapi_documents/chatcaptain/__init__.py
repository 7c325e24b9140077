"""The OpenAPI description of ChatCaptain's API."""
