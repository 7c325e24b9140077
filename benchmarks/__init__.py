"""The measurements that `docs/benchmarks.md` is written from; `python -m benchmarks` runs them."""
