"""Adapter for API Gateway HTTP API events. Independent of the dialects."""
