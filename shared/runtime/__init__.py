"""Configuration, logging, snapshots and start of a function."""
