"""Domain objects, errors and ports. Uses the standard library only."""
