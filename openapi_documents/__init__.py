"""The OpenAPI documents of every API that is served, made from the code."""
