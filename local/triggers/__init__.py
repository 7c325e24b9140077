"""Event source mappings of the local run: readers of streams and queues that call functions."""
