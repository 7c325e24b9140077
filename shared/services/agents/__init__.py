"""Use cases of agents, hooks and calls."""
