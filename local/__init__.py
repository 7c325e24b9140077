"""The local API: the deployed handlers behind a local API Gateway, on a local DynamoDB engine."""
