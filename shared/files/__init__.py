"""Files that are kept outside of the table."""
