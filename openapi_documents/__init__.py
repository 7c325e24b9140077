"""Generate the OpenAPI documents of every API from the code."""
