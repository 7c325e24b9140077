"""Lambda handlers for SQS queues and DynamoDB streams, with partial batch responses."""
