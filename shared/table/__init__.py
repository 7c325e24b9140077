"""Store everything in a single DynamoDB table."""
