"""The composition root: creates the adapters that each kind of function uses."""
