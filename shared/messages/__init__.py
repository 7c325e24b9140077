"""What is told to other services: queues and the event bus."""
