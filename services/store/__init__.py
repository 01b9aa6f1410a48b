"""Where everything is kept: the embedded PostgreSQL, its tables, and the only SQL in the house."""
