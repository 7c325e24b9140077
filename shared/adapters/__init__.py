"""Every AWS service but the table, and HTTP to the outside."""
