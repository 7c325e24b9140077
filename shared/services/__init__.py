"""The use cases: one module per family, functions over the ports."""
