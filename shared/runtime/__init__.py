"""Configuration, logging, SnapStart support and startup of a function."""
