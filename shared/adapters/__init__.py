"""Clients of S3, SQS, EventBridge and Bedrock, and of webhook receivers over HTTP."""
