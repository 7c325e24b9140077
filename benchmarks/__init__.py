"""Measurements for `docs/benchmarks.md`, run by `python -m benchmarks`."""
