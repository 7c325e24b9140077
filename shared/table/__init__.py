"""The adapter of the single DynamoDB table."""
