"""What a user would build instead: FastAPI over PostgreSQL, a contact's variables in JSONB."""
