"""The OpenAPI description of Klen AI's API."""
