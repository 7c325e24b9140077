"""`docs/benchmarks.md` and its figures, written from what was measured."""
