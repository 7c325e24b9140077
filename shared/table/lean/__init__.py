"""A client of DynamoDB with the calls that the table makes, at a third of botocore's CPU."""
