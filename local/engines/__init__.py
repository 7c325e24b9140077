"""The DynamoDB engines that the local API can run on."""
