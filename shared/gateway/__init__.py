"""The adapter of API Gateway's HTTP API events, free of dialects."""
