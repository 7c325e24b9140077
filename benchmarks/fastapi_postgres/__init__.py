"""The peer: FastAPI and PostgreSQL, with the variables of a contact in JSONB."""
