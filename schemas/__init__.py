"""What travels between the parties: events, their words and their identifiers. Imports pydantic and msgspec only."""
