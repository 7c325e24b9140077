"""Records and rows of imported files."""
