"""The OpenAPI description of Vambe's API."""
