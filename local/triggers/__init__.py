"""What runs functions without a request: the readers of streams and queues, as Lambda has them."""
