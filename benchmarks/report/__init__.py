"""Write `docs/benchmarks.md` and its figures from the results."""
