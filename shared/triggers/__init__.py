"""What starts functions other than requests: queues and streams, and the frame around each."""
