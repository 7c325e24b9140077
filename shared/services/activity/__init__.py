"""Use cases of the activity log."""
