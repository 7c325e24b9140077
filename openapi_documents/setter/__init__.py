"""The OpenAPI description of Setter AI's API."""
