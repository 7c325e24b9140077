"""The OpenAPI description of the native API."""
